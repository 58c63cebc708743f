import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as dns from "node:dns"
import * as net from "node:net"
import { makeDestinationGuard } from "../../src/Layers/source/guard/DestinationGuard.ts"
import { guardedConnector } from "../../src/Layers/source/guard/GuardedConnector.ts"
import { RequestPeer } from "../../src/Layers/source/guard/RequestPeer.ts"
import { ProxyFailed } from "../../src/Layers/source/guard/SourceProxy.ts"
import { policyOf } from "../support/destinations.ts"

const internal: dns.LookupAddress = { address: "10.0.0.1", family: 4 }
const external: dns.LookupAddress = { address: "93.184.216.34", family: 4 }

/** The guard for a host that has an allowed internal address and a public one. */
const guardFor = (allowed: string) =>
  makeDestinationGuard(policyOf({ allowedHosts: [allowed] }), () => Effect.succeed([internal, external]))

it.live.each<readonly [allowed: string, addresses: ReadonlyArray<dns.LookupAddress>, isDirect: boolean]>([
  ["10.0.0.0/8", [internal, external], false],
  ["10.0.0.0/8;direct", [internal], true],
  ["mixed.test;direct", [internal, external], true],
])("no address avoids the proxy unless its own entry says so: %s", ([allowed, addresses, isDirect]) =>
  Effect.gen(function* () {
    const guard = yield* guardFor(allowed)
    const checked = yield* guard.check("caller", { host: "mixed.test", port: 80 })
    assert.deepStrictEqual(checked, { addresses, isDirect })
  }),
)

it.live("trust in redirects depends on the address that the proxy reached, not on one that it tried", () =>
  Effect.gen(function* () {
    const guard = yield* guardFor("10.0.0.0/8")
    const socket = new net.Socket()
    const connect = guardedConnector({
      guard,
      origin: "caller",
      timeoutMillis: 0,
      tunnel: ({ address }) =>
        address === internal.address
          ? Effect.fail(new ProxyFailed({ fault: "destination", reason: "502" }))
          : Effect.succeed(socket),
    })
    const peer = new RequestPeer()
    const options = { hostname: "mixed.test", host: "mixed.test", protocol: "http:", port: "80" }
    peer.set(
      yield* Effect.callback<net.Socket, Error>((resume) =>
        connect(options, (...result) =>
          resume(result[0] === null ? Effect.succeed(result[1]) : Effect.fail(result[0])),
        ),
      ),
    )
    assert.strictEqual(peer.address, external.address)
    assert.isFalse(guard.isTrusted({ host: "mixed.test", port: 80, address: external.address }))
  }),
)
