import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as SqlClient from "effect/sql/SqlClient"
import { openPool } from "./Database.ts"
import { DatabaseServer } from "./DatabaseServer.ts"

/** Two for finding jobs, and one for limits. Opened when they are needed. */
const maxConnections = 3

/**
 * Connections for the statements that find jobs by their ids, and for the limit that every request waits for. Each takes milliseconds.
 * Many creations at the same moment queue for the other connections, and must not hold up a status.
 */
export class RequestPool extends Context.Service<RequestPool, SqlClient.SqlClient>()(
  "sluice/Layers/postgres/RequestPool",
) {
  static readonly layer = Layer.effect(
    RequestPool,
    Effect.gen(function* () {
      const server = yield* DatabaseServer
      return yield* openPool(server, { applicationName: "sluice", maxConnections })
    }),
  ).pipe(Layer.provide(Reactivity.layer))
}
