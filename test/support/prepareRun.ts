import { execFile } from "node:child_process"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import type { TestProject } from "vitest/node"
import { buildScript } from "../../src/Layers/page/pageBuild.ts"
import { bundlePrograms } from "./bundlePrograms.ts"
import { dropTemplate, makeTemplate } from "./migratedTemplate.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** A migrated database on the run's server, to copy. */
    readonly templateDatabase: string
  }
}

/** What many tests need, made once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await promisify(execFile)(process.execPath, [buildScript])
  await bundlePrograms(join(tmpdir(), "programs"))
  const url = project.getProvidedContext().databaseUrl
  const template = await makeTemplate(url)
  project.provide("templateDatabase", template)
  return () => dropTemplate(url, template)
}
