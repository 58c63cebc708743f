import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Rows, RowsPage } from "../../../Domain/rows/Rows.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { csvRecord } from "../../../Domain/rows/csvRecord.ts"
import { defaultPageSize } from "../../contract/parameters/cursor.ts"
import { csvType, ndjsonType, RowCursor, RowsParameters } from "../../contract/TableRows.ts"
import { attachment } from "../../http/attachment.ts"
import { matchesTag, notModified, taggedHeaders } from "../../http/entityTag.ts"
import { invalidRequest } from "../../http/input/RequestIssues.ts"
import { nextPageLink } from "../../http/nextPageLink.ts"
import { note } from "../../http/log/RequestLog.ts"
import { preferredFormat } from "../../http/preferredFormat.ts"
import { askDatabase } from "../askDatabase.ts"
import { findTable } from "./findTable.ts"
import { readQuery, type RowsQuery, tagOf } from "./rowsQuery.ts"
import { rowsProblems } from "./rowsProblems.ts"

/** Above the time that the database has, so that its own message comes first. */
export const pageTimeout = Duration.seconds(15)

/** Node refuses a request whose head is longer than 16 KiB, which has other headers too. */
const maxLinkLength = 12_000

const linkTooLong = invalidRequest([
  {
    in: "query",
    field: "order",
    message: `order: the link to the next page would be longer than ${maxLinkLength} characters, because it has the values of the last row in the columns of order, beside the filters: order by columns with shorter values, or export the table`,
  },
])

const encodePlace = Schema.encodeSync(RowCursor)

const bodies = {
  json: ({ rows }: RowsPage) =>
    HttpServerResponse.text(`[${rows.join(",\n")}]\n`, { contentType: "application/json" }),
  ndjson: ({ rows }: RowsPage) =>
    HttpServerResponse.text(rows.map((row) => `${row}\n`).join(""), { contentType: ndjsonType }),
  csv: ({ columns, rows }: RowsPage) =>
    HttpServerResponse.text([csvRecord(columns), ...rows].map((record) => `${record}\n`).join(""), {
      contentType: csvType,
    }),
}

/** The response with a page of rows. */
export const tableRows = (rows: Rows["Service"]) =>
  Effect.fn("TablesApi.rows")(function* (name: string, query: RowsQuery) {
    const { headers, url } = yield* HttpServerRequest.HttpServerRequest
    const { parameters, rows: request } = yield* readQuery(RowsParameters, query)
    const { after = null, count = null, limit = defaultPageSize } = parameters
    const format = parameters.format ?? preferredFormat(headers["accept"])
    const table = yield* findTable(rows, name, parameters.target)
    const tag = tagOf(table, format)
    if (tag !== null && matchesTag(headers["if-none-match"], tag)) return notModified(tag)
    const page = yield* askDatabase(
      rows.page(table, { ...request, after, limit, count, format: format === "csv" ? "csv" : "json" }),
      pageTimeout,
    )
    yield* note({ rows: page.rows.length })
    yield* Metrics.count("sluice.rows.read", { by: "page" }, page.rows.length)
    const link = page.next === null ? null : nextPageLink(url, encodePlace(page.next))
    if (link !== null && link.length > maxLinkLength) return yield* linkTooLong
    return HttpServerResponse.setHeaders(bodies[format](page), {
      ...taggedHeaders(tag),
      ...(link === null ? {} : { link }),
      ...(page.count === null ? {} : { "x-total-count": String(page.count) }),
      ...(format === "csv" ? { "content-disposition": attachment(`${table.table}.csv`) } : {}),
    })
  }, Effect.catchTags(rowsProblems))
