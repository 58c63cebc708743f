import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { HttpServerRequest } from "effect/http"
import * as IpNetwork from "effect/net/IpNetwork"
import { clientAddress } from "../../../src/Api/http/clientAddress.ts"
import { TrustedProxies } from "../../../src/Domain/service/access/TrustedProxies.ts"

const networks = ["10.0.0.0/8", "2001:db8:1::/48"]

/** `X-Forwarded-For`, and the client behind 10.0.0.1 if the networks are trusted. */
const forwarded: ReadonlyArray<readonly [header: string, client: string]> = [
  ["192.0.2.1", "192.0.2.1"],
  ["198.51.100.9, 192.0.2.1", "192.0.2.1"],
  ["192.0.2.1, 10.2.3.4", "192.0.2.1"],
  ["198.51.100.9,192.0.2.1,10.2.3.4 , 10.9.9.9", "192.0.2.1"],
  ["192.0.2.1:4711", "192.0.2.1"],
  ["2001:db8::7", "2001:db8::7"],
  ["[2001:db8::7]:4711", "2001:db8::7"],
  ["192.0.2.1, 2001:db8:1::5", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["192.0.2.1, ::ffff:10.0.0.9", "192.0.2.1"],
  // What a proxy cannot have written ends the search.
  ["", "10.0.0.1"],
  ["192.0.2.1, unknown", "10.0.0.1"],
  ["192.0.2.1, evil.example, 10.2.3.4", "10.2.3.4"],
  ["192.0.2.1, ", "10.0.0.1"],
  ["10.2.3.4", "10.2.3.4"],
]

const addressOf = (remote: string | undefined, header: string, trusted: ReadonlyArray<string>) =>
  clientAddress.pipe(
    Effect.provideService(
      HttpServerRequest.HttpServerRequest,
      HttpServerRequest.fromWeb(
        new Request("http://localhost/", { headers: { "x-forwarded-for": header } }),
      ).modify({ remoteAddress: Option.fromUndefinedOr(remote) }),
    ),
    Effect.provideService(TrustedProxies, trusted.map(IpNetwork.fromStringUnsafe)),
  )

describe("the address of a client", () => {
  it.effect.each(forwarded)("behind trusted proxies with X-Forwarded-For: %s is %s", ([header, client]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* addressOf("10.0.0.1", header, networks), client)
      assert.strictEqual(
        yield* addressOf("::ffff:10.0.0.1", header, networks),
        client === "10.0.0.1" ? "::ffff:10.0.0.1" : client,
      )
    }),
  )

  it.effect("is that of the connection if no proxy is trusted, or another one connects", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* addressOf("10.0.0.1", "192.0.2.1", []), "10.0.0.1")
      assert.strictEqual(yield* addressOf("192.0.2.9", "10.0.0.2", networks), "192.0.2.9")
      assert.strictEqual(yield* addressOf(undefined, "192.0.2.1", networks), "unknown")
    }),
  )
})
