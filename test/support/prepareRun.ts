import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { TestProject } from "vitest/node"
import { exitWithParent } from "./exitWithParentUrl.ts"
import { inheritedEnvironment } from "./inheritedEnvironment.ts"
import { dropTemplate, makeTemplate } from "./migratedTemplate.ts"

const run = promisify(execFile)

/** Imports most of the API, the worker and the command line, and starts nothing. */
const wholeProgram = "src/Cli/withoutServer/main.ts"

const entryPoints = ["src/Api/main.ts", "src/Worker/main.ts", "src/main.ts"]

/** Runs an entry point, which imports all of its modules and then stops, because its database is not one. */
const compile = (entry: string) =>
  run(process.execPath, ["--import", exitWithParent, entry], {
    env: { ...inheritedEnvironment(), DATABASE_URL: "none" },
  }).catch(() => {})

declare module "vitest" {
  export interface ProvidedContext {
    /** A migrated database on the run's server, to copy. */
    readonly templateDatabase: string
  }
}

/**
 * What many tests need, made once. Processes that tests start are killed, and a killed process stores nothing that it has
 * compiled. One module that is not stored costs each process the start of the compiler.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await run(process.execPath, ["scripts/page/build.ts"])
  await run(process.execPath, [wholeProgram])
  await Promise.all(entryPoints.map(compile))
  const url = project.getProvidedContext().databaseUrl
  const template = await makeTemplate(url)
  project.provide("templateDatabase", template)
  return () => dropTemplate(url, template)
}
