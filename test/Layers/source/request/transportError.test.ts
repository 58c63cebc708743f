import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { LoadErrorCode } from "../../../../src/Domain/load/LoadError.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, layer } from "../../../support/FetchedSource.ts"
import { selfSigned } from "../../../support/selfSigned.ts"

describe("a request without a response", () => {
  const cases: ReadonlyArray<readonly [resolver: string, code: LoadErrorCode]> = [
    ["ENOTFOUND", "source_unknown_host"],
    ["EAI_AGAIN", "source_unreachable"],
    ["ETIMEDOUT", "source_timeout"],
    ["EHOSTUNREACH", "source_unreachable"],
  ]
  it.live.each(cases)("is classified by the code of its error: %s is %s", ([resolver, code]) =>
    Effect.gen(function* () {
      const error = yield* failure(SourceUrl.make("http://files.example/a.csv"))
      assert.strictEqual(error.code, code)
      assert.include(error.message, "files.example")
      assert.propertyVal(error.cause, "code", resolver)
    }).pipe((effect) => Effect.provide(effect, layer({}, { "files.example": resolver }))),
  )

  it.live("is unreachable if no server listens", () =>
    Effect.gen(function* () {
      const url = yield* Effect.scoped(Effect.map(CsvServer.make(), (server) => server.url("/a.csv")))
      const error = yield* failure(url)
      assert.strictEqual(error.code, "source_unreachable")
      assert.propertyVal(error.cause, "code", "ECONNREFUSED")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is unreachable if the server closes the connection", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/cut.csv", (exchange) => exchange.cut)
      yield* server.serve("/reset.csv", (exchange) => exchange.reset)
      assert.strictEqual((yield* failure(server.url("/cut.csv"))).code, "source_unreachable")
      assert.strictEqual((yield* failure(server.url("/reset.csv"))).code, "source_unreachable")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is a TLS error if the certificate is not trusted", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make({ tls: selfSigned })
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_tls_error")
      assert.include(error.message, "DEPTH_ZERO_SELF_SIGNED_CERT")
      assert.strictEqual(server.received("/a.csv").length, 0)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is unreachable if the server does not speak TLS", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const error = yield* failure(SourceUrl.make(`https://127.0.0.1:${server.port}/a.csv`))
      assert.strictEqual(error.code, "source_unreachable")
      assert.include(error.message, "could not be reached over https")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is unreachable if the server speaks another protocol", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) => exchange.sendRaw("SSH-2.0-OpenSSH_9.2\r\n"))
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_unreachable")
      assert.include(error.message, "Check scheme, host and port")
    }).pipe(Effect.provide(layer())),
  )
})
