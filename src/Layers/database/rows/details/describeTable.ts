import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { ReadableTable } from "../../../../Domain/rows/Rows.ts"
import type {
  ColumnStatistics,
  StatisticsKind,
  StatisticsOrigin,
  TableColumns,
} from "../../../../Domain/rows/TableDetails.ts"
import { run } from "../../postgres/Statement.ts"
import { inTransaction } from "../../postgres/Transaction.ts"
import { analysisTarget, sampledRows } from "../../target/analyzeTable.ts"
import { qualified } from "../../target/AttemptTable.ts"
import { lockedShape } from "../lockedShape.ts"
import { orRowsFailure, type RowsStatement } from "../rowsFailure.ts"
import { withinPageTimeout } from "../withinPageTimeout.ts"
import { decodeColumns, readColumns } from "./readColumns.ts"
import { decodeAllValues, decodeEnds, readAllValues, readEnds, type TypedColumn } from "./readValues.ts"

/** Reading all of such a table costs no more than reading its statistics, and Postgres may have none. */
const smallBytes = 1024 * 1024

/** Columns whose values are counted in one statement. Planning takes time that grows with the square of their number. */
const maxCounted = 100

/** A small table with more columns has frequent values of the sample only: counting them takes ten times as long as the rest. */
const maxWithFrequent = 50

/** Columns of which one statement reads the ends. Workers in parallel return four values of each as a row, which has at most 1,664. */
const maxRead = 400

/** What the sample has of a column in a table of `rows` rows. */
const fromSample = (
  { sampled }: TypedColumn,
  rows: number,
  { max, min }: { readonly min: string | null; readonly max: string | null } = { min: null, max: null },
): ColumnStatistics | null => {
  if (sampled === null) return null
  const { common, distinct, histogram, nullFraction } = sampled
  return {
    nulls: Math.round(nullFraction * rows),
    distinct: distinct === 0 ? null : Math.round(distinct < 0 ? -distinct * rows : distinct),
    min,
    max,
    longest: null,
    common: common.map(({ fraction, value }) => ({ value, rows: Math.round(fraction * rows) })),
    histogram,
  }
}

/** Describes the columns of a table in one transaction. */
export const describeTable = (
  reading: SqlClient.SqlClient,
  readTable: ReadableTable,
  kind: StatisticsKind,
) => {
  const { schema, table: name } = readTable
  const table = qualified(schema, name)
  const statement: RowsStatement = {
    name,
    request: { select: [], filters: [], order: [] },
    shape: undefined,
    values: [],
    task: kind,
  }
  return Effect.gen(function* () {
    const inTime = yield* withinPageTimeout(reading)
    const shape = yield* lockedShape(readTable, (one) => run(reading, one))
    const known = new Map(shape.columns.map((column) => [column.name, column]))
    const [{ described }] = decodeColumns(yield* inTime(readColumns(schema, name, shape.hasParts)))
    const columns = described.columns.map((column): TypedColumn => ({
      ...column,
      baseType: known.get(column.name)?.type ?? column.type,
    }))
    // The size does not have that of the parts.
    const isSmall = described.bytes <= smallBytes && !shape.hasParts
    const hasFrequent = isSmall && columns.length <= maxWithFrequent
    const readAll = Effect.gen(function* () {
      const parts = yield* Effect.forEach(Arr.chunksOf(columns, isSmall ? maxCounted : maxRead), (part) =>
        Effect.map(inTime(readAllValues(table, part, isSmall, hasFrequent)), (found) =>
          decodeAllValues(found, part.length),
        ),
      )
      const rows = parts[0]?.rows ?? 0
      const values = parts.flatMap((part) => part.columns)
      const origin: StatisticsOrigin = { of: "all", rows, at: yield* DateTime.now }
      const statistics = columns.map((column, index): ColumnStatistics | null => {
        const found = values[index]
        if (found === undefined) return null
        const { counted, distinct, longest, max, min, present } = found
        const sample = fromSample(column, rows)
        const { common, histogram } = counted ?? sample ?? { common: [], histogram: [] }
        return {
          nulls: rows - present,
          distinct: distinct ?? sample?.distinct ?? null,
          min,
          max,
          longest,
          common,
          histogram,
        }
      })
      return { origin, statistics }
    })
    const readSample = Effect.gen(function* () {
      const ends = decodeEnds(yield* inTime(readEnds(schema, name, shape, columns)))
      const target = described.isAutomatic ? described.defaultTarget : analysisTarget(columns.length)
      const origin: StatisticsOrigin = {
        of: "sample",
        rows: Math.min(described.rows, sampledRows * target),
        at: described.analyzedAt,
      }
      return {
        origin,
        statistics: columns.map((column) => fromSample(column, described.rows, ends.get(column.name))),
      }
    })
    const read =
      kind === "none" || !Arr.isReadonlyArrayNonEmpty(columns)
        ? null
        : kind === "exact" || isSmall
          ? yield* readAll
          : described.rows >= 0 && columns.some(({ sampled }) => sampled !== null)
            ? yield* readSample
            : null
    return {
      columns: columns.map(({ header, name, type }, index) => ({
        name,
        type,
        header,
        nullable: known.get(name)?.notNull !== true,
        indexed: shape.indexed.includes(name),
        statistics: read?.statistics[index] ?? null,
      })),
      key: shape.key,
      statistics: read?.origin ?? null,
    } satisfies TableColumns
  }).pipe(
    (reads) => inTransaction(reading, reads),
    orRowsFailure(reading, () => statement),
    // The request has no values.
    Effect.catchTag(["CastFailed", "RowsRefused"], Effect.die),
  )
}
