import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { ApiKeys } from "../../../src/Domain/service/ApiKeys.ts"
import * as ApiKeysConfig from "../../../src/Layers/process/keys/ApiKeysConfig.ts"
import { AppConfig } from "../../../src/Layers/process/AppConfig.ts"
import { assertProblem, json, serveInMemory } from "../../support/ApiHarness.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const request = json({ fileUrl: "http://files.example/a.csv" })
const withHeader = (name: string, value: string): RequestInit => ({
  ...request,
  headers: { ...request.headers, [name]: value },
})

it.effect("with API keys, requests about jobs need one of them in either header", () =>
  Effect.gen(function* () {
    const ask = yield* serveInMemory({ apiKeys: ["first", "second"] })
    for (const [name, value] of [
      ["authorization", "Bearer first"],
      ["x-api-key", "second"],
    ] as const)
      assert.strictEqual((yield* ask("/download_file", withHeader(name, value))).status, 202)
    for (const refused of [
      request,
      withHeader("authorization", "Bearer third"),
      withHeader("authorization", "Bearer "),
      withHeader("authorization", "Basic Zmlyc3Q6"),
      withHeader("x-api-key", "firs"),
    ])
      assertProblem(yield* ask("/download_file", refused), 401, "unauthorized")
    assertProblem(yield* ask("/job_status?jobId=nonsense"), 401, "unauthorized")
    assertProblem(yield* ask("/job_cancel?jobId=nonsense"), 401, "unauthorized")
  }).pipe(Effect.provide(JobsMemory.layer)),
)

it.effect("health and documentation need no API key", () =>
  Effect.gen(function* () {
    const ask = yield* serveInMemory({ apiKeys: ["first"] })
    for (const path of ["/health/live", "/health/ready", "/openapi.json"])
      assert.strictEqual((yield* ask(path)).status, 200)
  }).pipe(Effect.provide(JobsMemory.layer)),
)

const configured = (keys: string) =>
  ApiKeysConfig.layer.pipe(
    Layer.provide(AppConfig.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ API_KEYS: keys }))),
  )

it.effect("API_KEYS sets the keys, and without it no key is required", () =>
  Effect.gen(function* () {
    const some = yield* Effect.provide(ApiKeys, configured("one,two"))
    assert.isTrue(some.required)
    assert.deepStrictEqual(
      (yield* Effect.forEach(["one", "two", "three", "", "one,two"], (key) =>
        some.find(Redacted.make(key)),
      )).map(Option.isSome),
      [true, true, false, false, false],
    )
    const none = yield* Effect.provide(ApiKeys, configured(""))
    assert.isFalse(none.required)
  }),
)
