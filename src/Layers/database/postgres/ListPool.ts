import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as SqlClient from "effect/sql/SqlClient"
import { openPool } from "./Database.ts"
import { DatabaseServer } from "./DatabaseServer.ts"

/** Opened when they are needed. */
const maxConnections = 3

/**
 * A page is small: to read a whole table, which is estimated to be little when few jobs are stored, or to start parallel workers, would
 * take longer.
 */
export const listSettings = {
  statement_timeout: "5s",
  jit: "off",
  enable_seqscan: "off",
  max_parallel_workers_per_gather: "0",
}

/** Connections for statements that read many jobs. Slow ones wait for each other, hold up no other request, and end after 5 seconds. */
export class ListPool extends Context.Service<ListPool, SqlClient.SqlClient>()(
  "sluice/Layers/postgres/ListPool",
) {
  static readonly layer = Layer.effect(
    ListPool,
    Effect.gen(function* () {
      const server = yield* DatabaseServer
      return yield* openPool(server, {
        applicationName: "sluice lists",
        settings: listSettings,
        maxConnections,
      })
    }),
  ).pipe(Layer.provide(Reactivity.layer))
}
