import type { TableResource, TablesPage } from "../../Api/contract/TablesApi.ts"
import { defaultTarget } from "../../Domain/load/columns/target/RecordedTarget.ts"
import { nextAfter } from "../../Domain/rows/nextAfter.ts"
import { readCsv } from "../../Domain/rows/readCsv.ts"
import { linkTo, type Place } from "../navigation/place.ts"
import { ask, askAndRead, urlOf } from "./http/request.ts"

/** A page of the list of tables. APIs of earlier versions have no `unavailable`. */
export type TableList = Omit<typeof TablesPage.Encoded, "unavailable"> & {
  readonly unavailable?: ReadonlyArray<string>
}

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

/** Which table: its name, or its schema and name with a dot between them, and the name of its database. */
export interface TableAddress {
  readonly name: string
  readonly target: string
}

export const addressOf = (table: {
  readonly schema: string
  readonly table: string
  readonly target: string
}): TableAddress => ({
  name: `${table.schema}.${table.table}`,
  target: table.target,
})

/** The name of a database, if it is not the usual one. */
export const namedTarget = (target: string): string | null => (target === defaultTarget ? null : target)

/** The place of a table in the page. */
export const tableLink = ({ name, target }: TableAddress): string =>
  linkTo(["tables", name, ...(target === defaultTarget ? [] : [target])])

/** The table of a place. */
export const addressIn = ({ path: [, name, target = defaultTarget] }: Place): TableAddress | null =>
  name === undefined ? null : { name, target }

const pathOf = ({ name }: TableAddress, ...parts: ReadonlyArray<string>): string =>
  ["tables", encodeURIComponent(name), ...parts].join("/")

export const findTable = (table: TableAddress, signal: AbortSignal) =>
  ask<Table>(pathOf(table), { query: { target: table.target }, signal })

const withTarget = (
  { target }: TableAddress,
  query: URLSearchParams,
  ...more: ReadonlyArray<[string, string]>
) => new URLSearchParams([...query, ...more, ["target", target]])

/**
 * A page of the rows of a table. As CSV, because JavaScript's numbers and objects would change long numbers and the order of columns.
 *
 * @param query filters, `order` and `after`, as `GET /tables/{name}/rows` has them
 */
export const tableRows = (table: TableAddress, query: URLSearchParams, signal: AbortSignal) =>
  askAndRead(
    pathOf(table, "rows"),
    { query: withTarget(table, query, ["limit", String(rowsOnPage)], ["format", "csv"]), signal },
    async (response): Promise<RowsPage> => {
      const [columns = [], ...rows] = readCsv(await response.text())
      const next = nextAfter(response.headers.get("link"))
      return { columns: columns.map((name) => name ?? ""), rows, next }
    },
  )

/** The download of rows of a table, all that the query selects. */
export const exportUrl = (table: TableAddress, query: URLSearchParams, format: "csv" | "ndjson"): string =>
  urlOf(pathOf(table, "export"), withTarget(table, query, ["format", format]))
