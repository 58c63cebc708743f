import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { LoadedTable, PastLoad, Tables } from "../../Domain/job/Tables.ts"
import { reachableOwner } from "../../Domain/service/Caller.ts"
import { findLoaded, lastLoads, listTables } from "./jobs/LoadedTables.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { run } from "./postgres/Statement.ts"
import { TargetDatabase } from "./postgres/TargetDatabase.ts"
import { TablesApart } from "./jobs/TablesApart.ts"

/** Only this service writes these rows, so a row that does not decode is a bug. */
const decode = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ ...LoadedTable.fields, loadedAt: Schema.DateTimeUtcFromDate })),
)
const decodeLoads = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ ...PastLoad.fields, finishedAt: Schema.DateTimeUtcFromDate })),
)

/** `Tables` on Postgres. */
export const layer = Layer.effect(
  Tables,
  Effect.gen(function* () {
    const queue = yield* SqlClient.SqlClient
    const { sql } = yield* TargetDatabase
    const target = (yield* TablesApart)?.name ?? null
    return Tables.of({
      list: Effect.fn("Tables.list")(function* ({ after, limit }) {
        const rows = yield* run(sql, listTables(yield* reachableOwner, after, limit)).pipe(
          orUnavailable("list tables"),
        )
        const tables = decode(rows.slice(0, limit))
        const last = tables.at(-1)
        return {
          tables,
          next: rows.length > limit && last !== undefined ? ([last.schema, last.table] as const) : null,
        }
      }),
      find: Effect.fn("Tables.find")(function* (schema, name) {
        const owner = yield* reachableOwner
        const [[table], loads] = yield* Effect.all([
          Effect.map(run(sql, findLoaded(schema, name)), decode),
          Effect.map(run(queue, lastLoads(owner, target, schema, name)), decodeLoads),
        ]).pipe(orUnavailable("find a table"))
        return table === undefined ? null : { ...table, loads }
      }),
    })
  }),
)
