import * as Result from "effect/Result"
import { readReference } from "./ColumnReference.ts"
import { parseFilter, whole } from "./parseFilter.ts"
import { type ColumnReference, columnsOf, type RowFilter } from "./RowFilter.ts"
import type { TextReader } from "./TextReader.ts"

/** A column by which rows are ordered. */
export interface OrderColumn extends ColumnReference {
  readonly isDescending: boolean
  readonly nullsFirst: boolean
}

/** Which rows of a table, which of their columns, and in which order. */
export interface RowsRequest {
  /** Empty: all columns. */
  readonly select: ReadonlyArray<ColumnReference>
  readonly filters: ReadonlyArray<RowFilter>
  readonly order: ReadonlyArray<OrderColumn>
}

/** What is wrong with a query parameter, or with all of them (`null`). */
export interface RowsIssue {
  readonly field: string | null
  readonly message: string
}

const readAll = <A>(
  text: string,
  read: (reader: TextReader) => Result.Result<A, string>,
): Result.Result<ReadonlyArray<A>, string> =>
  whole(text, (reader) =>
    Result.gen(function* () {
      const found: Array<A> = []
      do found.push(yield* read(reader))
      while (reader.skip(","))
      return found
    }),
  )

/** Most comparisons, and most columns of an order: each makes the statement and its plan larger. */
const maxNames = 100

const parseSelect = (text: string): Result.Result<ReadonlyArray<ColumnReference>, string> => {
  if (text === "*") return Result.succeed([])
  return Result.flatMap(
    readAll(text, (reader) => readReference(reader, ",")),
    (selected) => {
      const names = new Set<string>()
      const repeated = selected.find(({ column }) => names.size === names.add(column).size)?.column
      return repeated === undefined
        ? Result.succeed(selected)
        : Result.fail(`select names ${JSON.stringify(repeated)} twice`)
    },
  )
}

const readOrdered = (reader: TextReader): Result.Result<OrderColumn, string> =>
  Result.gen(function* () {
    const reference = yield* readReference(reader, ",.")
    let isDescending = false
    let nullsFirst: boolean | undefined
    while (reader.skip(".")) {
      const { text } = yield* reader.token(",.")
      if (text === "asc" || text === "desc") isDescending = text === "desc"
      else if (text === "nullsfirst" || text === "nullslast") nullsFirst = text === "nullsfirst"
      else
        return yield* Result.fail(
          `${JSON.stringify(text)} is no order: use asc, desc, nullsfirst or nullslast, as in fare.desc.nullslast, and double quotes around a name with a dot`,
        )
    }
    // As in Postgres, a null counts as the largest value.
    return { ...reference, isDescending, nullsFirst: nullsFirst ?? isDescending }
  })

/** The names that are not those of columns. A column with such a name is written with double quotes. */
const reserved: ReadonlySet<string> = new Set([
  "select",
  "order",
  "limit",
  "after",
  "count",
  "format",
  "target",
])

/** Whether a query parameter is a filter. */
export const isFilter = (name: string): boolean => !reserved.has(name)

const paging = "rows come a page at a time, and the header Link has the address of the next page"
const ordering = "the order is given as order=fare.desc"
const selecting = "columns are chosen with select=city,fare"
const limiting = "the number of rows is given as limit=50"

/** Parameters of other APIs, which are no columns of most tables, and what this one has instead. */
const otherNames: Readonly<Record<string, string>> = {
  offset: paging,
  page: paging,
  cursor: paging,
  skip: paging,
  sort: ordering,
  sort_by: ordering,
  order_by: ordering,
  fields: selecting,
  columns: selecting,
  per_page: limiting,
  page_size: limiting,
}

/** Why a parameter is no filter, and what its name is meant for. */
const withAdvice = (name: string, message: string): string => {
  const advice = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined
  return advice === undefined ? message : `${advice}; as a filter on a column of this name, ${message}`
}

/** Reads the parameters of a query that are about rows. The others are ignored. */
export const parseRowsRequest = (
  parameters: ReadonlyArray<readonly [name: string, value: string]>,
): Result.Result<RowsRequest, ReadonlyArray<RowsIssue>> => {
  const issues: Array<RowsIssue> = []
  const take = <A>(field: string, parsed: Result.Result<A, string>): ReadonlyArray<A> => {
    if (Result.isSuccess(parsed)) return [parsed.success]
    issues.push({ field, message: parsed.failure })
    return []
  }
  const named = (field: string) => parameters.filter(([name]) => name === field)
  const select = named("select").flatMap(([field, text]) => take(field, parseSelect(text)).flat())
  const order = named("order").flatMap(([field, text]) => take(field, readAll(text, readOrdered)).flat())
  const filters = parameters
    .filter(([name]) => isFilter(name))
    .flatMap(([name, value]) =>
      take(
        name,
        Result.mapError(parseFilter(name, value), (message) => withAdvice(name, message)),
      ),
    )
  const counts = [
    ["order", order.length, "columns"],
    [null, filters.flatMap(columnsOf).length, "comparisons"],
  ] as const
  for (const [field, count, what] of counts)
    if (count > maxNames)
      issues.push({ field, message: `${count} ${what} are too many: give at most ${maxNames}` })
  return issues.length === 0 ? Result.succeed({ select, order, filters }) : Result.fail(issues)
}
