import * as Effect from "effect/Effect"
import { HttpApiBuilder } from "effect/http-api"
import { Tables } from "../../Domain/job/Tables.ts"
import { Rows } from "../../Domain/rows/Rows.ts"
import { Api } from "../contract/Api.ts"
import { defaultPageSize } from "../contract/parameters/cursor.ts"
import { askDatabase } from "./askDatabase.ts"
import { exportTable } from "./rows/exportTable.ts"
import { tableRows } from "./rows/tableRows.ts"

/** The handlers of the tables' endpoints. */
export const layerTablesHandlers = HttpApiBuilder.group(
  Api,
  "tables",
  Effect.fnUntraced(function* (handlers) {
    const tables = yield* Tables
    const rows = yield* Rows
    const readRows = tableRows(rows)
    const exportRows = exportTable(rows)
    return handlers.handleAll({
      list: Effect.fn("TablesApi.list")(({ query: { after = null, limit = defaultPageSize } }) =>
        askDatabase(tables.list({ after, limit })),
      ),
      rows: ({ params, query }) => readRows(params.name, query),
      export: ({ params, query }) => exportRows(params.name, query),
    })
  }),
)
