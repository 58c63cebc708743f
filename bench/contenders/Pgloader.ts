import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"
import type { DataFile } from "../files/DataFiles.ts"
import type { Database } from "../world/Database.ts"
import type { Contender } from "./Contender.ts"
import { createTextTable } from "./TextTable.ts"
import { measured } from "./Tool.ts"
import { forTool } from "./ToolConnection.ts"

const table = "bench_pgloader"

/** pgloader's defaults with explicit column lists. */
const loadFile = ({ kind, path }: DataFile, url: string): string => {
  const columns = kind.columns.join(", ")
  return `LOAD CSV FROM '${path}' HAVING FIELDS (${columns})
    INTO ${url} TARGET TABLE public.${table} TARGET COLUMNS (${columns})
    WITH skip header = 1, fields optionally enclosed by '"', fields escaped by double-quote,
      fields terminated by ','
    SET client_encoding to 'utf8';
`
}

/** pgloader reads its commands only from a file. The password is in the environment. */
const commandFile = Effect.fnUntraced(function* (text: string) {
  const folder = yield* Effect.acquireRelease(
    attempt("make a folder for pgloader", () => mkdtemp(join(tmpdir(), "sluice-bench-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
  )
  const path = join(folder, "csv.load")
  yield* attempt(`write ${path}`, () => writeFile(path, text))
  return path
})

/** pgloader, into an existing all-text table. It needs a quarter of an hour where others need a minute. */
export const pgloader = (database: Database): Contender => ({
  name: "pgloader",
  runsOnce: true,
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const { environment, url } = yield* forTool(database)
    yield* database.query(createTextTable(table, file))
    const commands = yield* commandFile(loadFile(file, url))
    const load = measured(
      database,
      {
        program: "pgloader",
        arguments: ["--quiet", "--on-error-stop", commands],
        environment,
      },
      table,
    )
    return { load }
  }),
})
