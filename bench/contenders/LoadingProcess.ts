import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BenchFailure } from "../BenchFailure.ts"
import type { DataFile } from "../files/DataFiles.ts"
import { LoadReport, type LoadSpec } from "../processes/LoadSpec.ts"
import * as Child from "../world/Child.ts"
import type { Database } from "../world/Database.ts"
import type { World } from "../world/World.ts"
import type { Contender, Sample } from "./Contender.ts"
import { createTextTable } from "./TextTable.ts"

const decodeReport = Schema.decodeUnknownEffect(Schema.fromJsonString(LoadReport))

/** Runs one of the loading processes in bench/processes. */
const load = Effect.fnUntraced(function* (entry: string, spec: LoadSpec) {
  const { stdout } = yield* Child.run({
    program: process.execPath,
    arguments: [entry],
    input: JSON.stringify(spec),
  })
  const report = yield* decodeReport(stdout).pipe(
    Effect.mapError(
      ({ message }) => new BenchFailure({ message: `unreadable output of ${entry}: ${message}` }),
    ),
  )
  return {
    wallSeconds: report.wallSeconds,
    recordedSeconds: null,
    clientCpuSeconds: report.clientCpuSeconds,
    backendCpuSeconds: report.backendCpuSeconds,
    peakMemoryBytes: report.peakMemoryBytes,
    table: spec.table,
  } satisfies Sample
})

/** A stand-in for `\copy` if psql is not installed: a process that sends the file unchanged. */
export const standInCopy = (database: Database, options: { readonly createsTable: boolean }): Contender => ({
  name: options.createsTable ? "create + COPY (stand-in for psql)" : "COPY (stand-in for psql)",
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const table = "bench_copy"
    const createTable = createTextTable(table, file)
    const spec = { databaseUrl: database.url, source: file.path, table }
    if (!options.createsTable) yield* database.query(createTable)
    return {
      load: load("bench/processes/copyFile.ts", options.createsTable ? { ...spec, createTable } : spec),
    }
  }),
})

/** A first-draft worker; it also creates and fills the table in one transaction. */
export const naiveWorker = ({ database, files }: World): Contender => ({
  name: "naive worker (csv-parse)",
  prepare: (file) =>
    Effect.succeed({
      load: load("bench/processes/naiveWorker.ts", {
        databaseUrl: database.url,
        source: files.urlOf(file),
        table: "bench_naive",
        createTable: createTextTable("bench_naive", file),
      }),
    }),
})
