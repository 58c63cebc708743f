import * as Effect from "effect/Effect"
import { BenchFailure } from "../BenchFailure.ts"
import type { DataFile } from "../files/DataFiles.ts"
import * as Child from "../world/Child.ts"
import type { Database } from "../world/Database.ts"
import { parsePeak, parseStat, type ProcessTimes } from "../world/ProcessTimes.ts"
import type { Contender, Sample } from "./Contender.ts"
import { createTextTable, createTypedTable } from "./TextTable.ts"
import { forTool } from "./ToolConnection.ts"

/** Prints the /proc entries of the backend and of psql, which is the parent of the shell. */
const printProc = String.raw`\! cat /proc/$SLUICE_BENCH_BACKEND/stat /proc/$PPID/stat; grep VmHWM /proc/$PPID/status`

/** The formats of COPY. */
export type CopyFormat = "csv" | "text" | "binary"

/** A file of the same rows in a format of COPY. CSV is the file itself. */
const pathIn = ({ path }: DataFile, format: CopyFormat): string =>
  format === "csv" ? path : `${path}.${format}`

/** psql's command for a file in the format. */
export const copyCommand = (
  file: DataFile,
  table: string,
  direction: "from" | "to" = "from",
  format: CopyFormat = "csv",
): string =>
  String.raw`\copy ${table} ${direction} '${pathIn(file, format).replaceAll("'", "''")}' with (format ${format}${format === "csv" ? ", header true" : ""})`

/** A script that measures these lines. */
const script = (lines: ReadonlyArray<string>): string =>
  [
    String.raw`select pg_backend_pid() as pid \gset`,
    String.raw`\setenv SLUICE_BENCH_BACKEND :pid`,
    printProc,
    String.raw`\timing on`,
    ...lines,
    String.raw`\timing off`,
    printProc,
    "",
  ].join("\n")

const difference = (
  before: ProcessTimes | null | undefined,
  after: ProcessTimes | null | undefined,
): number | null =>
  before === null || before === undefined || after === null || after === undefined
    ? null
    : after.cpuSeconds - before.cpuSeconds

/** Parses the script's output: the time of each statement, and the /proc entries before and after. */
const readOutput = (output: string, table: string): Sample | null => {
  const times = Array.from(output.matchAll(/^Time: ([\d.]+) ms/gm), ([, millis]) => Number(millis))
  if (times.length === 0) return null
  const stats = Array.from(output.matchAll(/^\d+ \(.*$/gm), ([line]) => parseStat(line))
  const [backendBefore, clientBefore, backendAfter, clientAfter] = stats
  const isLocal = stats.length === 4 && backendBefore?.command === "postgres"
  return {
    wallSeconds: times.reduce((sum, millis) => sum + millis, 0) / 1000,
    recordedSeconds: null,
    clientCpuSeconds: isLocal ? difference(clientBefore, clientAfter) : null,
    backendCpuSeconds: isLocal ? difference(backendBefore, backendAfter) : null,
    peakMemoryBytes: parsePeak(output),
    table,
  }
}

/** Runs lines of SQL and psql's commands, which fill the table. */
export const runPsql = Effect.fnUntraced(function* (
  database: Database,
  table: string,
  lines: ReadonlyArray<string>,
) {
  const { environment, url } = yield* forTool(database)
  const { stdout } = yield* Child.run({
    program: "psql",
    arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"],
    environment: { ...environment, LC_ALL: "C" },
    input: script(lines),
  })
  return (
    readOutput(stdout, table) ?? (yield* new BenchFailure({ message: `psql printed no time:\n${stdout}` }))
  )
})

/**
 * psql's `\copy`, timed by psql itself: starting and connecting do not count.
 *
 * @param options.createsTable creates and fills the table in one transaction, in which Postgres may skip the WAL;
 * otherwise an empty table exists
 * @param options.isTyped gives the columns of that table their types; otherwise they are text
 * @param options.format of the file (`writeFormats`), CSV by default
 */
export const psqlCopy = (
  database: Database,
  options: {
    readonly createsTable: boolean
    readonly isTyped?: boolean
    readonly table?: string
    readonly format?: CopyFormat
  },
): Contender => ({
  name: [
    options.createsTable
      ? String.raw`psql create ${options.isTyped === true ? "typed " : ""}+ \copy`
      : String.raw`psql \copy`,
    ...(options.format === undefined ? [] : [options.format]),
  ].join(", "),
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const { format = "csv", table = "bench_psql" } = options
    if (!options.createsTable) yield* database.query(createTextTable(table, file))
    const createTable = options.isTyped === true ? createTypedTable : createTextTable
    const copy = copyCommand(file, table, "from", format)
    const lines = options.createsTable ? ["begin;", `${createTable(table, file)};`, copy, "commit;"] : [copy]
    return { load: runPsql(database, table, lines) }
  }),
})

/** Writes the rows of the file in COPY's other formats next to it. The server does the conversion. */
export const writeFormats = Effect.fnUntraced(function* (database: Database, file: DataFile) {
  const { environment, url } = yield* forTool(database)
  const table = "bench_formats"
  yield* database.query(createTextTable(table, file))
  yield* Child.run({
    program: "psql",
    arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"],
    environment,
    input: [
      copyCommand(file, table, "from", "csv"),
      copyCommand(file, table, "to", "text"),
      copyCommand(file, table, "to", "binary"),
      "",
    ].join("\n"),
  })
  yield* database.clear
})
