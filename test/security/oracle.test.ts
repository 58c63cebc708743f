import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { FailureStep, makeDestinationGuard } from "../../src/Layers/source/guard/DestinationGuard.ts"
import { failureReason } from "../../src/Layers/source/request/transportError.ts"
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { policyOf } from "../support/destinations.ts"
import { failure, layer } from "../support/FetchedSource.ts"

class NotFound extends Data.TaggedError("NotFound") {}

const kinds = {
  private: ["10.1.2.3"],
  "private over IPv6": ["fd12::1"],
  "link-local": ["169.254.169.254"],
  "on this machine": ["127.0.0.1"],
  "a cloud's host service": ["168.63.129.16"],
  "several addresses": ["10.0.0.1", "192.168.0.1", "::1"],
  "embedded in IPv6": ["::ffff:10.0.0.1"],
}
const unknown = { "name.test": "ENOTFOUND" }
const schemes = [
  "http://name.test/",
  "https://name.test/",
  "http://name.test:8080/",
  "http://name.test:5555/",
]

const errorWith = (url: string, hosts: Parameters<typeof layer>[1]) =>
  Effect.provide(failure(SourceUrl.make(url)), layer({}, hosts))

describe("a name that is forbidden is reported as one that does not exist", () => {
  it.live.each(
    Object.entries(kinds).flatMap(([kind, addresses]) => schemes.map((url) => ({ kind, addresses, url }))),
  )("$kind: $url", ({ addresses, url }) =>
    Effect.gen(function* () {
      const [existing, missing] = yield* Effect.all([
        errorWith(url, { "name.test": addresses === kinds["on this machine"] ? ["127.0.0.2"] : addresses }),
        errorWith(url, unknown),
      ])
      const { code, message, place, retryAfter } = existing
      assert.deepStrictEqual(
        { code, message, place, retryAfter },
        {
          code: missing.code,
          message: missing.message,
          place: missing.place,
          retryAfter: missing.retryAfter,
        },
      )
      assert.strictEqual(code, "source_unknown_host")
      assert.include(message, "Check its spelling")
      assert.notMatch(message, /private use|link-local|loopback|cloud|10\.|169\.|168\./)
      assert.notStrictEqual(failureReason(existing.cause), failureReason(missing.cause))
    }),
  )

  it.effect.each([0, 3, 60, 249])("after the same time: DNS takes %i ms", (millis) =>
    Effect.gen(function* () {
      const policy = policyOf({})
      const guard = yield* makeDestinationGuard(policy, (host) =>
        Effect.delay(
          host === "exists.test"
            ? Effect.succeed([{ address: "10.0.0.1", family: 4 }])
            : Effect.fail(new NotFound()),
          millis,
        ),
      )
      for (const host of ["exists.test", "missing.test"]) {
        const check = yield* Effect.forkChild(Effect.flip(guard.check("caller", { host, port: 80 })))
        yield* TestClock.adjust("249 millis")
        assert.isUndefined(check.pollUnsafe(), host)
        yield* TestClock.adjust("1 millis")
        yield* Fiber.join(check)
      }
    }).pipe(Effect.provideService(FailureStep, Duration.millis(250))),
  )
})

describe("an address that is refused", () => {
  it.live.each([80, 443, 1024, 8080])("is refused alike whether its port %i is open or not", (port) =>
    Effect.gen(function* () {
      const proxy = yield* ConnectProxy.make(() => ({ status: 502 }))
      const source = layer({ SOURCE_PROXY: proxy.url, ALLOWED_HOSTS: "" })
      const errors = yield* Effect.forEach(["127.0.0.1", "10.0.0.1", "172.16.0.1"], (host) =>
        Effect.provide(failure(SourceUrl.make(`http://${host}:${port}/`)), source),
      )
      const texts = errors.map(
        ({ code, message }) => `${code} ${message.replaceAll(/\d+\.\d+\.\d+\.\d+/g, "HOST")}`,
      )
      assert.strictEqual(new Set(texts).size, 1)
      assert.deepStrictEqual(proxy.targets, [])
    }),
  )
})

describe("a port of a public host", () => {
  const answers: Readonly<Record<string, CsvServer.Answer>> = {
    "closes the connection": (exchange) => exchange.cut,
    "resets the connection": (exchange) => exchange.reset,
    "speaks SSH": (exchange) => exchange.sendRaw("SSH-2.0-OpenSSH_9.2\r\n"),
    "speaks SMTP": (exchange) => exchange.sendRaw("220 mail.test ESMTP\r\n"),
    "speaks Redis": (exchange) => exchange.sendRaw("-ERR unknown command 'GET'\r\n"),
    "speaks a binary protocol": (exchange) => exchange.sendRaw(Uint8Array.of(0, 0, 0, 5, 1, 2, 3)),
    "speaks TLS": (exchange) => exchange.sendRaw(Uint8Array.of(21, 3, 3, 0, 2, 2, 70)),
  }
  const hosts = { "pub.test": ["93.184.216.34"] }
  const url = SourceUrl.make("http://pub.test:8080/a.csv")

  it.live.each(Object.entries(answers))("is reported as a closed one if it %s", ([, answer]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", answer)
      const open = yield* ConnectProxy.make(() => ({ port: server.port }))
      const closed = yield* ConnectProxy.make(() => ({ status: 502 }))
      const [found, expected] = yield* Effect.forEach([open, closed], (proxy) =>
        Effect.provide(failure(url), layer({ SOURCE_PROXY: proxy.url }, hosts)),
      )
      assert.strictEqual(found?.code, "source_unreachable")
      assert.deepStrictEqual([found?.code, found?.message], [expected?.code, expected?.message])
    }),
  )

  it.live("is reported as a closed one over https if it does not speak TLS", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const open = yield* ConnectProxy.make(() => ({ port: server.port }))
      const closed = yield* ConnectProxy.make(() => ({ status: 502 }))
      const secure = SourceUrl.make("https://pub.test:8080/a.csv")
      const [found, expected] = yield* Effect.forEach([open, closed], (proxy) =>
        Effect.provide(failure(secure), layer({ SOURCE_PROXY: proxy.url }, hosts)),
      )
      assert.deepStrictEqual([found?.code, found?.message], [expected?.code, expected?.message])
    }),
  )
})
