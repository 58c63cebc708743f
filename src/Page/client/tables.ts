import type { TablesPage } from "../../Api/contract/TablesApi.ts"
import { ask, askWithHeaders } from "./request.ts"

/** A page of the list of tables. */
export type TableList = typeof TablesPage.Encoded

/** A table in the list. */
export type ListedTable = TableList["tables"][number]

export const listTables = (
  page: { readonly after?: string | undefined; readonly limit: number },
  signal: AbortSignal,
) => ask<TableList>("tables", { query: page, signal })

/** A value of a row. */
export type Value = string | number | boolean | null | object

/** A page of the rows of a table. */
export interface RowsPage {
  readonly rows: ReadonlyArray<Readonly<Record<string, Value>>>
  /** The `after` of the next page; `null` on the last one. */
  readonly next: string | null
}

const rowsOnPage = 50

/** The place after which the next page begins, from the header `Link`. */
const nextIn = (headers: Headers): string | null => {
  const link = /<([^>]*)>; rel="next"/.exec(headers.get("link") ?? "")?.[1]
  return link === undefined ? null : new URLSearchParams(link.split("?")[1]).get("after")
}

const pathOf = (table: string, part: string): string => `tables/${encodeURIComponent(table)}/${part}`

/**
 * A page of the rows of a table.
 *
 * @param query filters, `order` and `after`, as `GET /tables/{name}/rows` has them
 */
export const tableRows = (table: string, query: URLSearchParams, signal: AbortSignal) =>
  askWithHeaders(
    pathOf(table, "rows"),
    { query: new URLSearchParams([...query, ["limit", String(rowsOnPage)]]), signal },
    (rows: RowsPage["rows"], headers): RowsPage => ({ rows, next: nextIn(headers) }),
  )
