import { execFile } from "node:child_process"
import { mkdir, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { TestProject } from "vitest/node"
import { buildScript } from "../../src/Layers/page/pageBuild.ts"
import { exitWithParent } from "./exitWithParentUrl.ts"
import { dropTemplate, makeTemplate } from "./migratedTemplate.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** What bundles find beside their folder: the page, files of packages (Swagger UI, Postgres), and the sample files. */
const besideBundles = ["dist/page", "node_modules", "fileserver"]

const run = (...script: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, ["--import", exitWithParent, ...script])

declare module "vitest" {
  export interface ProvidedContext {
    /** A migrated database on the run's server, to copy. */
    readonly templateDatabase: string
  }
}

/** What many tests need, made once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = join(tmpdir(), "programs")
  await mkdir(join(programs, "dist"), { recursive: true })
  for (const path of besideBundles) await symlink(join(root, path), join(programs, path), "junction")
  await Promise.all([run(buildScript), run(join(root, "scripts/programs/build.ts"), programs)])
  Object.assign(process.env, { BUNDLED_PROGRAMS: programs })
  const url = project.getProvidedContext().databaseUrl
  const template = await makeTemplate(url)
  project.provide("templateDatabase", template)
  return () => dropTemplate(url, template)
}
