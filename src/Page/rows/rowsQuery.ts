import { parseJson } from "../format/parseJson.ts"

/** A condition on a column. */
export interface Condition {
  readonly column: string
  readonly operator: string
  readonly value: string
}

/** The comparisons that the page offers: how a filter has them, and in words. */
export const comparisons = [
  ["eq", "is"],
  ["neq", "is not"],
  ["gt", "is more than"],
  ["gte", "is at least"],
  ["lt", "is less than"],
  ["lte", "is at most"],
  ["ilike", "contains"],
  ["is.null", "is null"],
  ["not.is.null", "is not null"],
] as const

const orders: ReadonlySet<string> = new Set(["gt", "gte", "lt", "lte"])

/** The comparisons that the service allows: it refuses to order texts, which would go letter by letter. */
export const comparisonsOf = (isText: boolean) => comparisons.filter(([name]) => !isText || !orders.has(name))

/** Whether a comparison needs a value. */
export const takesValue = (operator: string): boolean => !operator.endsWith("is.null")

/** A column's name in double quotes, in which it may have any character. */
const quoted = (name: string): string => `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** `%`, `_` and `*` in the text would match other texts. */
const pattern = (text: string): string => `*${text.replaceAll(/[\\%_*]/g, String.raw`\$&`)}*`

const filterOf = ({ operator, value }: Condition): string => {
  if (!takesValue(operator)) return operator
  return `${operator}.${operator === "ilike" ? pattern(value) : value}`
}

/** The name of a condition in the page's query: `where=["fare","gt","10"]`. */
const name = "where"

const isTexts = (value: unknown): value is readonly [string, string, string] =>
  Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === "string")

/** The conditions in the page's query. */
export const conditionsIn = (query: URLSearchParams): ReadonlyArray<Condition> =>
  query.getAll(name).flatMap((text) => {
    const parts = parseJson(text)
    return isTexts(parts) ? [{ column: parts[0], operator: parts[1], value: parts[2] }] : []
  })

/** The query with other conditions; it begins at the first page again. */
export const withConditions = (
  query: URLSearchParams,
  conditions: ReadonlyArray<Condition>,
): URLSearchParams => {
  const next = new URLSearchParams(query)
  next.delete(name)
  next.delete("after")
  for (const { column, operator, value } of conditions)
    next.append(name, JSON.stringify([column, operator, value]))
  return next
}

/** The column that orders the rows, in the page's query. */
export interface Order {
  readonly column: string
  readonly isDescending: boolean
}

export const orderIn = (query: URLSearchParams): Order | null => {
  const column = query.get("order")
  return column === null ? null : { column, isDescending: query.has("desc") }
}

/** The query with the next order by a column: ascending, descending, none. */
export const withNextOrder = (query: URLSearchParams, column: string): URLSearchParams => {
  const before = orderIn(query)
  const next = new URLSearchParams(query)
  for (const name of ["after", "order", "desc"]) next.delete(name)
  if (before?.column === column && before.isDescending) return next
  next.set("order", column)
  if (before?.column === column) next.set("desc", "true")
  return next
}

/** The query of the page that begins after a place. */
export const withPlace = (query: URLSearchParams, after: string): URLSearchParams => {
  const next = new URLSearchParams(query)
  next.set("after", after)
  return next
}

/** The rows that the page's query selects, and their order, for a request. */
export const selectionIn = (query: URLSearchParams): URLSearchParams => {
  const order = orderIn(query)
  const selection = new URLSearchParams()
  for (const condition of conditionsIn(query)) selection.append(quoted(condition.column), filterOf(condition))
  if (order !== null) selection.set("order", `${quoted(order.column)}.${order.isDescending ? "desc" : "asc"}`)
  return selection
}

/** The same, a page of them. */
export const rowsQuery = (query: URLSearchParams): URLSearchParams => {
  const selection = selectionIn(query)
  const after = query.get("after")
  if (after !== null) selection.set("after", after)
  return selection
}
