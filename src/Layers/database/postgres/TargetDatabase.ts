import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { DatabaseServer } from "./DatabaseServer.ts"

/** The name in `TARGET_DATABASES` of the database that a layer is for; `null`: the default one. */
export const NamedTarget = Context.Reference<string | null>("sluice/Layers/postgres/NamedTarget", {
  defaultValue: () => null,
})

/** A database of loaded tables: the queue's own, or another one. What belongs to a table is beside it. */
export class TargetDatabase extends Context.Service<
  TargetDatabase,
  { readonly sql: SqlClient.SqlClient; readonly server: DatabaseServer["Service"] }
>()("sluice/Layers/postgres/TargetDatabase") {
  /** The queue's own. */
  static readonly layerOwn = Layer.effect(
    TargetDatabase,
    Effect.gen(function* () {
      return TargetDatabase.of({ sql: yield* SqlClient.SqlClient, server: yield* DatabaseServer })
    }),
  )

  /** The database of the tables for layers that use no other. */
  static readonly asOnlyDatabase = Layer.effectContext(
    TargetDatabase.use(({ server, sql }) =>
      Effect.succeed(Context.make(SqlClient.SqlClient, sql).pipe(Context.add(DatabaseServer, server))),
    ),
  )
}
