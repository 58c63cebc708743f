import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { copyIn } from "../../../../src/Layers/database/session/CopyIn.ts"
import { LoadConnections } from "../../../../src/Layers/database/session/LoadConnections.ts"
import { connections, DatabaseProxy } from "../../../support/DatabaseProxy.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const Service = connections.pipe(
  Layer.provideMerge(DatabaseProxy.layer),
  Layer.provideMerge(TestBackend.config({})),
  Layer.provideMerge(TestDatabase.layer),
)

const chunk = { bytes: Buffer.from("1\n".repeat(512 * 1024)), release: () => {} }

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a COPY whose connection dies silently",
  (it) => {
    const startedCopy = Effect.gen(function* () {
      const connection = yield* LoadConnections.use(({ checkout }) => checkout())
      // The next test cannot use it.
      connection.markBroken()
      yield* Effect.promise(() => connection.client.query("create temporary table t (n text)"))
      return connection.client
    })

    it.effect(
      "fails when the server accepts no data for the stall timeout, but not while it accepts some",
      () =>
        Effect.gen(function* () {
          const line = yield* DatabaseProxy
          const client = yield* startedCopy
          const isFlowing = yield* Deferred.make<void>()
          const endless = Stream.fromIterable([chunk, chunk]).pipe(
            Stream.concat(Stream.fromEffectDrain(Deferred.succeed(isFlowing, undefined))),
            Stream.concat(Stream.forever(Stream.succeed(chunk))),
          )
          yield* Effect.forkScoped(Effect.andThen(Deferred.await(isFlowing), line.pause))
          const exit = yield* Effect.exit(copyIn(client, "copy t from stdin", endless, Duration.seconds(1)))
          assert.isTrue(Exit.isFailure(exit))
          assert.include(String(exit), "has not accepted data for 1s")
          yield* line.resume
        }).pipe(Effect.scoped),
    )

    it.effect("fails when all data was sent and the server does not respond", () =>
      Effect.gen(function* () {
        const line = yield* DatabaseProxy
        const client = yield* startedCopy
        const rows = Stream.succeed({ ...chunk, bytes: Buffer.from("1\n") }).pipe(
          Stream.concat(Stream.fromEffectDrain(line.pause)),
        )
        const exit = yield* Effect.exit(copyIn(client, "copy t from stdin", rows, Duration.seconds(1)))
        assert.isTrue(Exit.isFailure(exit))
        assert.include(String(exit), "has not accepted data for 1s")
        yield* line.resume
      }).pipe(Effect.scoped),
    )
  },
)
