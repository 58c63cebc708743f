import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Rows, RowsPage } from "../../../Domain/rows/Rows.ts"
import { csvRecord } from "../../../Domain/rows/csvRecord.ts"
import { defaultPageSize } from "../../contract/parameters/cursor.ts"
import { csvType, ndjsonType, RowCursor, RowsParameters } from "../../contract/TableRows.ts"
import { attachment } from "../../http/attachment.ts"
import { matchesTag, notModified, taggedHeaders } from "../../http/entityTag.ts"
import { nextPageLink } from "../../http/nextPageLink.ts"
import { preferredFormat } from "../../http/preferredFormat.ts"
import { askDatabase } from "../askDatabase.ts"
import { readQuery, type RowsQuery, tagOf } from "./rowsQuery.ts"
import { rowsProblems } from "./rowsProblems.ts"

/** Above the time that the database has, so that its own message comes first. */
const pageTimeout = Duration.seconds(15)

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
    const table = yield* askDatabase(rows.find(name))
    const tag = tagOf(table, format)
    if (tag !== null && matchesTag(headers["if-none-match"], tag)) return notModified(tag)
    const page = yield* askDatabase(
      rows.page(table, { ...request, after, limit, count, format: format === "csv" ? "csv" : "json" }),
      pageTimeout,
    )
    return HttpServerResponse.setHeaders(bodies[format](page), {
      ...taggedHeaders(tag),
      ...(page.next === null ? {} : { link: nextPageLink(url, encodePlace(page.next)) }),
      ...(page.count === null ? {} : { "x-total-count": String(page.count) }),
      ...(format === "csv" ? { "content-disposition": attachment(`${table.table}.csv`) } : {}),
    })
  }, Effect.catchTags(rowsProblems))
