import * as Effect from "effect/Effect"
import { HttpApiBuilder } from "effect/http-api"
import { Tables } from "../../Domain/job/Tables.ts"
import { Api } from "../contract/Api.ts"
import { defaultPageSize } from "../contract/parameters/cursor.ts"
import { askDatabase } from "./askDatabase.ts"

/** The handlers of the list of tables. */
export const layerTablesHandlers = HttpApiBuilder.group(
  Api,
  "tables",
  Effect.fnUntraced(function* (handlers) {
    const tables = yield* Tables
    return handlers.handleAll({
      list: Effect.fn("TablesApi.list")(({ query: { after = null, limit = defaultPageSize } }) =>
        askDatabase(tables.list({ after, limit })),
      ),
    })
  }),
)
