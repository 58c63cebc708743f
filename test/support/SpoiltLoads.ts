import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { LoadConnections } from "../../src/Layers/database/session/LoadConnections.ts"
import { DatabaseUrl } from "../../src/Layers/database/postgres/DatabaseUrl.ts"
import * as TcpProxy from "./TcpProxy.ts"
import { TestDatabase } from "./TestDatabase.ts"

/** The line between loads and their database, which a test can spoil. */
export class Line extends Context.Service<Line, TcpProxy.TcpProxy>()("sluice/test/support/SpoiltLoads/Line") {
  static readonly layer = Layer.effect(
    Line,
    TestDatabase.use(({ url }) => TcpProxy.make(Redacted.value(url))),
  )
}

/** The connections of loads, over that line. */
export const connections = LoadConnections.layer.pipe(
  Layer.provide(
    Layer.effect(
      DatabaseUrl,
      Effect.gen(function* () {
        const { url } = yield* TestDatabase
        const { through } = yield* Line
        return Redacted.make(through(Redacted.value(url)))
      }),
    ),
  ),
)
