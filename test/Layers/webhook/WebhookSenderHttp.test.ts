import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { Webhook } from "standardwebhooks"
import { WebhookSender } from "../../../src/Domain/job/webhook/WebhookSender.ts"
import { AppConfig } from "../../../src/Layers/process/AppConfig.ts"
import * as WebhookSenderHttp from "../../../src/Layers/webhook/WebhookSenderHttp.ts"
import * as CsvServer from "../../support/CsvServer.ts"

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`

const sender = (settings: Readonly<Record<string, string>> = {}) =>
  WebhookSenderHttp.layer.pipe(
    Layer.provide(AppConfig.layer),
    Layer.merge(Logger.layer([])),
    Layer.provide(
      ConfigProvider.layer(
        ConfigProvider.fromUnknown({
          ALLOWED_HOSTS: "127.0.0.1",
          WEBHOOK_SECRETS: secret,
          ...settings,
        }),
      ),
    ),
  )

const send = (url: string) =>
  WebhookSender.use((sender) => sender.send({ id: "msg_1", url, body: '{"state":"completed"}' }))

it.live("a message arrives with its signature, and with the credentials of the URL in a header", () =>
  Effect.gen(function* () {
    const receiver = yield* CsvServer.make()
    yield* receiver.serve("/hook", CsvServer.byHand)
    const url = receiver.url("/hook?a=1").replace("://", "://user:secret@")
    const sending = yield* Effect.forkChild(send(url))
    const exchange = yield* receiver.request("/hook")
    const body = yield* exchange.body
    assert.deepStrictEqual(
      [exchange.method, exchange.target, body],
      ["POST", "/hook?a=1", '{"state":"completed"}'],
    )
    assert.strictEqual(exchange.headers["content-type"], "application/json")
    assert.match(exchange.headers["user-agent"] ?? "", /^Sluice\//)
    assert.strictEqual(exchange.headers.authorization, `Basic ${btoa("user:secret")}`)
    assert.isUndefined(exchange.headers["traceparent"])
    const headers = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [
        name,
        String(exchange.headers[name]),
      ]),
    )
    new Webhook(secret).verify(body, headers)
    yield* exchange.head(204)
    yield* exchange.end
    assert.deepStrictEqual(yield* Fiber.join(sending), { _tag: "Responded", status: 204, retryAfter: null })
  }).pipe(Effect.scoped, Effect.provide(sender())),
)

it.live("a redirect is not followed, and an endless response is not read", () =>
  Effect.gen(function* () {
    const receiver = yield* CsvServer.make()
    yield* receiver.serve("/moved", CsvServer.redirect(receiver.url("/elsewhere"), 307))
    assert.deepInclude(yield* send(receiver.url("/moved")), { status: 307 })
    assert.isEmpty(receiver.received("/elsewhere"))
    yield* receiver.serve("/endless", (exchange) =>
      Effect.andThen(exchange.head(200), Effect.forever(exchange.send("x".repeat(65_536)))),
    )
    assert.deepInclude(yield* send(receiver.url("/endless")), { status: 200 })
    const [exchange] = receiver.received("/endless")
    yield* exchange!.closed
  }).pipe(Effect.scoped, Effect.provide(sender())),
)

it.effect("a receiver that does not respond gets 15 seconds", () =>
  Effect.gen(function* () {
    const receiver = yield* CsvServer.make()
    yield* receiver.serve("/silent", CsvServer.byHand)
    const sending = yield* Effect.forkChild(send(receiver.url("/silent")))
    const exchange = yield* receiver.request("/silent")
    yield* TestClock.adjust("15 seconds")
    assert.deepStrictEqual(yield* Fiber.join(sending), {
      _tag: "Unreachable",
      reason: `127.0.0.1:${receiver.port} did not respond within 15s.`,
    })
    yield* exchange.closed
  }).pipe(Effect.scoped, Effect.provide(sender())),
)

it.live("nothing is sent to an address that is not allowed", () =>
  Effect.gen(function* () {
    const receiver = yield* CsvServer.make()
    const outcome = yield* send(receiver.url("/hook"))
    assert.strictEqual(outcome._tag, "Unreachable")
    assert.strictEqual(receiver.connections(), 0)
  }).pipe(Effect.scoped, Effect.provide(sender({ ALLOWED_HOSTS: "" }))),
)

it.live("a closed port and a cut connection are failures that are repeated", () =>
  Effect.gen(function* () {
    const receiver = yield* CsvServer.make()
    yield* receiver.serve("/cut", (exchange) => exchange.reset)
    assert.strictEqual((yield* send(receiver.url("/cut")))._tag, "Unreachable")
    assert.strictEqual((yield* send("http://127.0.0.1:1025/hook"))._tag, "Unreachable")
  }).pipe(Effect.scoped, Effect.provide(sender())),
)
