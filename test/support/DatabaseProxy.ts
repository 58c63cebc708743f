import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { LoadConnections } from "../../src/Layers/database/session/LoadConnections.ts"
import { DatabaseServer } from "../../src/Layers/database/postgres/DatabaseServer.ts"
import * as TcpProxy from "./TcpProxy.ts"
import { TestDatabase } from "./TestDatabase.ts"

/** A proxy in front of the test's database. */
export class DatabaseProxy extends Context.Service<DatabaseProxy, TcpProxy.TcpProxy>()(
  "sluice/test/support/DatabaseProxy",
) {
  static readonly layer = Layer.effect(
    DatabaseProxy,
    TestDatabase.use(({ url }) => TcpProxy.make(Redacted.value(url))),
  )
}

/** The connections of loads, through the proxy. */
export const connections = LoadConnections.layer.pipe(
  Layer.provide(
    Layer.unwrap(
      Effect.gen(function* () {
        const { url } = yield* TestDatabase
        const { through } = yield* DatabaseProxy
        return DatabaseServer.layerUrl(Redacted.make(through(Redacted.value(url))))
      }),
    ),
  ),
)
