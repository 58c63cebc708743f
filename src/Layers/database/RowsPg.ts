import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { isStorable } from "../../Domain/load/options/isStorable.ts"
import { ReadableTable, Rows, TableNotFound, TableNotReadable } from "../../Domain/rows/Rows.ts"
import { Caller, readsTablesOfOthers, reachableOwner } from "../../Domain/service/Caller.ts"
import * as Metrics from "../../Domain/telemetry/Metrics.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { CopyOut } from "./export/CopyOut.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { DatabaseServer } from "./postgres/DatabaseServer.ts"
import { run } from "./postgres/Statement.ts"
import { describeTable } from "./rows/details/describeTable.ts"
import { exportRows } from "./rows/exportRows.ts"
import { findTable } from "./rows/findTable.ts"
import { ReadingPool } from "./rows/ReadingPool.ts"
import { readPage } from "./rows/readPage.ts"

const decode = Schema.decodeUnknownSync(ReadableTable)

/** `Rows` on Postgres. */
export const layer = Layer.effect(
  Rows,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* Metrics.startAtZero("sluice.rows.read", [{ by: "page" }, { by: "export" }])
    const reading = yield* ReadingPool
    const copyOut = yield* CopyOut
    const { user } = yield* DatabaseServer
    const { targetSchema, targetSchemas } = yield* AppConfig
    const schemas = [...new Set([targetSchema, ...targetSchemas])]
    return Rows.of({
      find: Effect.fn("Rows.find")(function* (name) {
        if (!isStorable(name)) return yield* new TableNotFound({ name })
        const [found] = yield* run(sql, findTable(name, schemas, yield* reachableOwner)).pipe(
          orUnavailable("find a table"),
        )
        if (found === undefined) return yield* new TableNotFound({ name })
        const table = decode(found)
        // The owner of such a table is only its last loader.
        if (!table.isMade && !readsTablesOfOthers(yield* Caller))
          return yield* new TableNotReadable({ who: "caller" })
        return table
      }),
      describe: Effect.fn("Rows.describe")((table, statistics) => describeTable(reading, table, statistics)),
      page: Effect.fn("Rows.page")((table, request) => readPage(reading, table, request)),
      export: Effect.fn("Rows.export")((table, request) =>
        exportRows(copyOut, reading, user, table, request),
      ),
    })
  }),
)
