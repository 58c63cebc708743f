import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { AppConfig } from "../../../src/Layers/process/AppConfig.ts"
import { messageOf } from "../../../src/Layers/process/describeFailure.ts"
import * as OpenOnPurpose from "../../../src/Layers/process/keys/OpenOnPurpose.ts"

/** Starts with these variables. Returns the reason of a refusal and the warnings. */
const start = Effect.fnUntraced(function* (env: Record<string, string>) {
  const logged: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => void logged.push(`${logLevel} ${String(message)}`))
  const exit = yield* Layer.build(
    OpenOnPurpose.layer.pipe(
      Layer.provide(AppConfig.layer),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env))),
      Layer.provide(Logger.layer([logger])),
    ),
  ).pipe(Effect.exit)
  const refusal = Exit.isFailure(exit) ? messageOf(exit.cause) : null
  return { refusal, warnings: logged.filter((line) => line.includes("the API is open")).length }
})

const loopback = ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST", "::ffff:127.0.0.1"]
const reachable = [
  "0.0.0.0",
  "::",
  "192.168.1.5",
  "10.0.0.1",
  "fe80::1",
  "203.0.113.9",
  "::ffff:192.168.1.5",
  "localhost.example.org",
  "127.0.0.1.nip.io",
  "my-machine",
]

for (const HOST of loopback)
  it.effect(`an API on ${HOST} needs no keys`, () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* start({ HOST }), { refusal: null, warnings: 0 })
    }),
  )

for (const HOST of reachable)
  it.effect(`an API on ${HOST} needs keys, or to be open on purpose`, () =>
    Effect.gen(function* () {
      const { refusal } = yield* start({ HOST })
      for (const part of [`HOST=${HOST} `, "API_KEYS", "HOST=127.0.0.1", "ALLOW_OPEN_API=true"])
        assert.include(refusal, part)
      assert.isNotNull((yield* start({ HOST, ALLOW_OPEN_API: "false" })).refusal)
      assert.isNotNull((yield* start({ HOST, ALLOW_OPEN_API: "" })).refusal)
      assert.deepStrictEqual(yield* start({ HOST, API_KEYS: "k" }), { refusal: null, warnings: 0 })
      assert.deepStrictEqual(yield* start({ HOST, ALLOW_OPEN_API: "true" }), { refusal: null, warnings: 1 })
    }),
  )
