import * as Effect from "effect/Effect"
import { HttpApiBuilder } from "effect/http-api"
import { Tables } from "../../Domain/job/Tables.ts"
import { Rows } from "../../Domain/rows/Rows.ts"
import { Api } from "../contract/Api.ts"
import { defaultPageSize } from "../contract/parameters/cursor.ts"
import { HeldRequests } from "../http/HeldRequests.ts"
import { withinLimit } from "../http/limits/limitProblem.ts"
import { Refusals } from "../http/log/Refusals.ts"
import { askDatabase } from "./askDatabase.ts"
import { targetUnknown } from "./creationProblems.ts"
import { exportTable } from "./rows/exportTable.ts"
import { tableDetails } from "./rows/tableDetails.ts"
import { tableRows } from "./rows/tableRows.ts"

/** The handlers of the tables' endpoints. */
export const layerTablesHandlers = HttpApiBuilder.group(
  Api,
  "tables",
  Effect.fnUntraced(function* (handlers) {
    const tables = yield* Tables
    const rows = yield* Rows
    const held = yield* HeldRequests
    const refusals = yield* Refusals
    const enter = withinLimit(refusals)
    const describe = tableDetails(tables, rows)
    const readRows = tableRows(rows)
    const exportRows = exportTable(rows)
    return handlers.handleAll({
      list: Effect.fn("TablesApi.list")(({ query: { after = null, limit = defaultPageSize, target } }) =>
        Effect.catchTag(
          askDatabase(tables.list({ after, limit, target })),
          "TargetUnknown",
          targetUnknown("query"),
        ),
      ),
      details: ({ params, query: { statistics = "sample", target } }) =>
        Effect.andThen(enter(held.enter("read")), describe(params.name, statistics, target)),
      rows: ({ params, query }) => Effect.andThen(enter(held.enter("read")), readRows(params.name, query)),
      export: ({ params, query }) =>
        Effect.andThen(enter(held.enter("export")), exportRows(params.name, query)),
    })
  }),
)
