import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { HttpServerRequest } from "effect/http"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import { TrustedProxies } from "../../Domain/service/access/TrustedProxies.ts"
import { parseAddress } from "../../Domain/source/hosts/parseAddress.ts"

/** The address of a hop: `192.0.2.1`, `2001:db8::1`, and both with a port, as some proxies write. */
const addressOfHop = (hop: string): NetAddress.IpAddress | null =>
  parseAddress(hop.trim().replace(/^\[([^\]]*)\](?::\d+)?$|^(\d[\d.]*):\d+$/, "$1$2"))

/**
 * The address of the client: that of the connection, or if a trusted proxy has made it, the last one in `X-Forwarded-For`
 * that is not a trusted proxy. What is before that, the client may have written itself. `unknown` if the connection is gone.
 */
export const clientAddress: Effect.Effect<string, never, HttpServerRequest.HttpServerRequest> = Effect.gen(
  function* () {
    const { headers, remoteAddress } = yield* HttpServerRequest.HttpServerRequest
    const trusted = yield* TrustedProxies
    let client = Option.getOrElse(remoteAddress, () => "unknown")
    if (trusted.length === 0) return client
    const isTrusted = (address: NetAddress.IpAddress | null) =>
      address !== null && trusted.some((network) => IpNetwork.contains(network, address))
    const hops = (headers["x-forwarded-for"] ?? "").split(",")
    while (isTrusted(parseAddress(client))) {
      const hop = addressOfHop(hops.pop() ?? "")
      if (hop === null) return client
      client = NetAddress.formatIp(hop)
    }
    return client
  },
)
