import type { TableResource, TablesPage } from "../../Api/contract/TablesApi.ts"
import { nextAfter } from "../../Domain/rows/nextAfter.ts"
import { readCsv } from "../../Domain/rows/readCsv.ts"
import { ask, askAndRead, urlOf } from "./http/request.ts"

/** A page of the list of tables. */
export type TableList = typeof TablesPage.Encoded

/** A table in the list. */
export type ListedTable = TableList["tables"][number]

/** A table with its columns, their statistics and its latest loads. */
export type Table = typeof TableResource.Encoded

/** A column of a table. */
export type TableColumn = Table["columns"][number]

export const listTables = (
  page: { readonly after?: string | undefined; readonly limit: number },
  signal: AbortSignal,
) => ask<TableList>("tables", { query: page, signal })

/** A page of the rows of a table. */
export interface RowsPage {
  readonly columns: ReadonlyArray<string>
  /** Values as Postgres writes them, in the order of the columns; `null` for SQL's null. */
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
  /** The `after` of the next page; `null` on the last one. */
  readonly next: string | null
}

const rowsOnPage = 50

const pathOf = (table: string, ...parts: ReadonlyArray<string>): string =>
  ["tables", encodeURIComponent(table), ...parts].join("/")

/** @param name of the table, or its schema and name with a dot between them */
export const findTable = (name: string, signal: AbortSignal) => ask<Table>(pathOf(name), { signal })

/**
 * A page of the rows of a table. As CSV, because JavaScript's numbers and objects would change long numbers and the order of columns.
 *
 * @param query filters, `order` and `after`, as `GET /tables/{name}/rows` has them
 */
export const tableRows = (table: string, query: URLSearchParams, signal: AbortSignal) =>
  askAndRead(
    pathOf(table, "rows"),
    { query: new URLSearchParams([...query, ["limit", String(rowsOnPage)], ["format", "csv"]]), signal },
    async (response): Promise<RowsPage> => {
      const [columns = [], ...rows] = readCsv(await response.text())
      const next = nextAfter(response.headers.get("link"))
      return { columns: columns.map((name) => name ?? ""), rows, next }
    },
  )

/** The download of rows of a table, all that the query selects. */
export const exportUrl = (table: string, query: URLSearchParams, format: "csv" | "ndjson"): string =>
  urlOf(pathOf(table, "export"), new URLSearchParams([...query, ["format", format]]))
