import * as Iterable from "effect/Iterable"
import * as Result from "effect/Result"
import { listed } from "../../../Domain/load/columns/unknownColumn.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { mostSimilar } from "../../../Domain/load/options/mostSimilar.ts"
import { isValues } from "../../../Domain/rows/parseFilter.ts"
import type { ColumnReference, Comparison, Operator, RowFilter } from "../../../Domain/rows/RowFilter.ts"
import type { RowsIssue } from "../../../Domain/rows/RowsRequest.ts"
import type { StatementValues } from "./StatementValues.ts"
import type { TableShape } from "./TableShape.ts"

/** The alias of the table in all statements. */
export const alias = "t"

/** A column of the table as a caller reads it. */
export interface ColumnSql {
  readonly sql: string
  readonly type: string
  readonly notNull: boolean
  /** Whether it is a text, and the caller has not asked for a text. */
  readonly isPlainText: boolean
}

/** The SQL of a column that the table must have. */
export const columnSql = (
  { columns }: TableShape,
  { cast, column }: ColumnReference,
  field: string,
): Result.Result<ColumnSql, RowsIssue> => {
  const found = columns.find(({ name }) => name === column)
  if (found === undefined) {
    const known = columns.map(({ name }) => name)
    const similar = mostSimilar(column, known)
    const hint =
      similar === undefined ? `it has ${listed(known)}` : `did you mean ${JSON.stringify(similar)}?`
    return Result.fail({
      field,
      message: `the table has no column ${JSON.stringify(column.slice(0, 63))}: ${hint}`,
    })
  }
  const sql = `${alias}.${quoteIdentifier(column)}`
  return Result.succeed({
    sql: cast === null ? sql : `${sql}::${cast}`,
    type: cast ?? found.type,
    notNull: found.notNull,
    isPlainText: found.isText && cast === null,
  })
}

const signs = {
  eq: "=",
  neq: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  isdistinct: "is distinct from",
} as const

/** A pattern of LIKE, in which a backslash takes the next character literally, also a star. */
const likePattern = (pattern: string): string =>
  pattern.replaceAll(/\\[^]|\*/g, (found) => (found === "*" ? "%" : found))

const endsWithEscape = /(?<!\\)(?:\\\\)*\\$/

const orders: ReadonlySet<Operator> = new Set(["gt", "gte", "lt", "lte"])

const orderOfTexts = ({ field, operator, reference: { column } }: Comparison): RowsIssue => ({
  field,
  message: `${operator} would compare ${JSON.stringify(column)} letter by letter, because it is a text: 9 is more than 10. Write ${column}::numeric=${operator}.… (or ::date, ::text, …), or load the file with types=infer`,
})

const comparisonSql = (
  shape: TableShape,
  values: StatementValues,
  comparison: Comparison,
): Result.Result<string, RowsIssue> =>
  Result.flatMap(columnSql(shape, comparison.reference, comparison.field), ({ isPlainText, sql, type }) => {
    const { field, operator } = comparison
    const [value = ""] = comparison.values
    switch (operator) {
      case "is":
        return Result.succeed(`${sql} is ${isValues[value.toLowerCase()]}`)
      case "in":
        return Result.succeed(
          comparison.values.length === 0
            ? "false"
            : `${sql} = any (${values.add({ field, value: comparison.values, type: `${type}[]` })})`,
        )
      case "like":
      case "ilike":
        if (endsWithEscape.test(value))
          return Result.fail({
            field,
            message: "the pattern ends with a single backslash, which takes the next character literally",
          })
        return Result.succeed(
          `${sql}::text ${operator} ${values.add({ field, value: likePattern(value), type: "text" })}`,
        )
      default:
        return isPlainText && orders.has(operator)
          ? Result.fail(orderOfTexts(comparison))
          : Result.succeed(`${sql} ${signs[operator]} ${values.add({ field, value, type })}`)
    }
  })

/** The SQL condition of a filter. Each value becomes one of `values`, and each column is one of the table's. */
export const filterSql = (
  shape: TableShape,
  values: StatementValues,
  filter: RowFilter,
): Result.Result<string, RowsIssue> => {
  const condition =
    filter._tag === "Comparison"
      ? comparisonSql(shape, values, filter)
      : Result.map(
          Result.all(Iterable.map(filter.filters, (each) => filterSql(shape, values, each))),
          (conditions) => conditions.join(` ${filter.joint} `),
        )
  return Result.map(condition, (sql) => (filter.isNegated ? `not (${sql})` : `(${sql})`))
}
