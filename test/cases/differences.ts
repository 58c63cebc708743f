import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { columnNames } from "../../src/Domain/load/columns/ColumnNames.ts"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { defaultRejectLimit, isExceeded } from "../../src/Domain/load/options/RejectLimit.ts"
import { readAll } from "../Csv/readingCsv.ts"
import type { Expected } from "./ReadingCase.ts"

export interface Load {
  /** The code of the error; `options` if the options are refused. */
  readonly error: string | null
  readonly message: string
  /** The cells of the header, trimmed. */
  readonly header: ReadonlyArray<string>
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
  readonly rejected: number
  /** Rejects and repairs. */
  readonly traces: number
  readonly encoding: string | null
  readonly delimiter: string | null
}

const refused = (message: string): Load => ({
  error: "options",
  message,
  header: [],
  columns: [],
  rows: [],
  rejected: 0,
  traces: 0,
  encoding: null,
  delimiter: null,
})

/** Reads a file as a load with these options would. */
export const readAsLoad = Effect.fnUntraced(function* (
  pieces: ReadonlyArray<Uint8Array>,
  options: Schema.JsonObject,
) {
  const csv = yield* Effect.result(Schema.decodeEffect(LoadOptions)(options))
  if (csv._tag === "Failure") return refused(csv.failure.message)
  const read = yield* readAll(pieces, { csv: csv.success, contentType: "text/csv", onBadRow: "reject" })
  const rejected = read.rejects.length
  const isTooBad = isExceeded(defaultRejectLimit, { records: read.records, rejected }, "all")
  const repaired = Object.values(read.repairs).reduce((sum, count) => sum + count, 0)
  const load: Load = {
    error: read.error?.code ?? (isTooBad ? "too_many_bad_rows" : null),
    message: read.error?.message ?? "",
    header: (read.header ?? []).map((cell) => cell.trim()),
    columns: columnNames(read.header ?? []).map(({ name }) => name),
    rows: read.rows,
    rejected,
    traces: rejected + repaired,
    encoding: read.encoding,
    delimiter: read.dialect?.delimiter ?? null,
  }
  return load
})

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** What differs from what is expected, in words. */
export const differences = (load: Load, expected: Expected): ReadonlyArray<string> => {
  const found: Array<string> = []
  const check = <A>(
    what: string,
    isRight: (wanted: A) => boolean,
    wanted: A | undefined,
    got: unknown,
  ): void => {
    if (wanted !== undefined && !isRight(wanted))
      found.push(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`)
  }
  const { columns, error, header, message, rejected, rows, traces } = load
  check("error", (code) => error === code, expected.error ?? null, [error, message])
  for (const pattern of expected.messageHolds ?? [])
    check("message", (wanted) => new RegExp(wanted, "i").test(message), pattern, message)
  if (error !== null || expected.error !== undefined) return found
  check("columns", (names) => isSame(columns, names), expected.columns, columns)
  check("columns", (lists) => lists.some((names) => isSame(columns, names)), expected.columnsAny, columns)
  check("columns", (counts) => counts.includes(columns.length), expected.columnCount, columns)
  check("header", (names) => names.every((name) => header.includes(name)), expected.headerHolds, header)
  check("rows", (counts) => counts.includes(rows.length), expected.rowCount, rows.length)
  check("rows", (count) => rows.length >= count, expected.minRowCount, rows.length)
  check("first rows", (first) => isSame(rows.slice(0, first.length), first), expected.rows, rows.slice(0, 3))
  const holds = (wanted: ReadonlyArray<string | null>): boolean => rows.some((row) => isSame(row, wanted))
  check("rows", (some) => some.every(holds), expected.rowsContain, rows.slice(0, 3))
  const first = rows[0] ?? []
  check(
    "first row",
    (values) => values.every((value) => first.includes(value)),
    expected.firstRowHolds,
    first,
  )
  check("rejects", (most) => rejected <= most, expected.maxRejects, rejected)
  check("rejects and repairs", (least) => traces >= least, expected.minTraces, traces)
  check("encoding", (name) => load.encoding === name, expected.encoding ?? "utf-8", load.encoding)
  check("delimiter", (delimiter) => load.delimiter === delimiter, expected.delimiter, load.delimiter)
  return found
}
