import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Rows } from "../../../Domain/rows/Rows.ts"
import { csvType, ExportParameters, ndjsonType } from "../../contract/TableRows.ts"
import { attachment } from "../../http/attachment.ts"
import { matchesTag, notModified, taggedHeaders } from "../../http/entityTag.ts"
import { preferredCoding } from "../../http/preferredCoding.ts"
import { preferredFormat } from "../../http/preferredFormat.ts"
import { askDatabase } from "../askDatabase.ts"
import { findTable } from "./findTable.ts"
import { readQuery, type RowsQuery, tagOf } from "./rowsQuery.ts"
import { exportProblems } from "./rowsProblems.ts"

/** Above the time that an export has until its first bytes. */
const openTimeout = Duration.minutes(3)

/** The response with all rows as a file. */
export const exportTable = (rows: Rows["Service"]) =>
  Effect.fn("TablesApi.export")(function* (name: string, query: RowsQuery) {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    const { parameters, rows: request } = yield* readQuery(ExportParameters, query)
    const format = parameters.format ?? (preferredFormat(headers["accept"]) === "ndjson" ? "ndjson" : "csv")
    const coding = preferredCoding(headers["accept-encoding"])
    const table = yield* findTable(rows, name, parameters.target)
    const tag = tagOf(table, format)
    if (tag !== null && matchesTag(headers["if-none-match"], tag)) return notModified(tag)
    const bytes = yield* askDatabase(rows.export(table, { ...request, format, coding }), openTimeout)
    return HttpServerResponse.stream(bytes, {
      contentType: format === "csv" ? csvType : ndjsonType,
      headers: {
        ...taggedHeaders(tag),
        ...(coding === null ? {} : { "content-encoding": coding }),
        "content-disposition": attachment(`${table.table}.${format}`),
      },
    })
  }, Effect.catchTags(exportProblems))
