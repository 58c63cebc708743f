import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import type * as dns from "node:dns"
import * as http from "node:http"
import * as https from "node:https"
import * as net from "node:net"
import { unescape } from "node:querystring"
import { bareHost, inUrl, portOf } from "../../../Domain/source/hosts/HostAndPort.ts"
import type { ResolveName } from "../dns/NameResolver.ts"
import { lookupOf } from "./lookupOf.ts"

/** A connection through `SOURCE_PROXY` could not be made. */
export class ProxyFailed extends Data.TaggedError("ProxyFailed")<{
  /** `proxy`: it cannot be used. `refusal`: it does not allow the destination. `destination`: it cannot reach it. */
  readonly fault: "proxy" | "refusal" | "destination"
  /** For logs. */
  readonly reason: string
}> {}

/** Opens a connection to an address through the proxy. */
export type OpenTunnel = (address: dns.LookupAddress, port: number) => Effect.Effect<net.Socket, Error>

const faultOf = (status: number): ProxyFailed["fault"] => {
  if (status === 403 || status === 451) return "refusal"
  return status === 500 || status === 502 || status === 503 || status === 504 ? "destination" : "proxy"
}

const failed = (fault: ProxyFailed["fault"], reason: string) => new ProxyFailed({ fault, reason })

/**
 * Opens tunnels with `CONNECT` (RFC 9110, 9.3.6). Sluice resolves and checks the host and gives the proxy an address, so
 * that the proxy cannot connect to anything that was not checked. The proxy's own address is the operator's choice, and
 * is not checked.
 */
export const openTunnel = (options: {
  /** With user and password, if the proxy needs them. */
  readonly proxy: URL
  readonly resolve: ResolveName
  readonly timeoutMillis: number
}): OpenTunnel => {
  const { proxy, resolve, timeoutMillis } = options
  const userinfo = `${unescape(proxy.username)}:${unescape(proxy.password)}`
  const credentials = userinfo === ":" ? {} : { "proxy-authorization": `Basic ${Base64.encode(userinfo)}` }
  const host = bareHost(proxy.hostname)
  const family = net.isIP(host)
  const proxyAddresses = family === 0 ? resolve(host) : Effect.succeed([{ address: host, family }])
  const client = proxy.protocol === "https:" ? https : http

  const connect = (target: string, addresses: ReadonlyArray<dns.LookupAddress>) =>
    Effect.callback<net.Socket, ProxyFailed>((resume) => {
      const request = client.request({
        method: "CONNECT",
        host,
        port: portOf(proxy),
        path: target,
        headers: { host: target, ...credentials },
        // Neither shared connections nor the environment's proxies.
        agent: false,
        lookup: lookupOf(addresses),
        timeout: timeoutMillis,
      })
      request.once("connect", ({ statusCode = 0 }, socket, head) => {
        socket.setTimeout(0)
        if (statusCode < 200 || statusCode > 299) {
          socket.destroy()
          return resume(Effect.fail(failed(faultOf(statusCode), `the proxy responded with ${statusCode}`)))
        }
        if (head.length > 0) socket.unshift(head)
        resume(Effect.succeed(socket))
      })
      request.once("timeout", () =>
        request.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })),
      )
      request.on("error", (error: NodeJS.ErrnoException) => {
        resume(Effect.fail(failed("proxy", `the proxy cannot be used (${error.code ?? error.name})`)))
      })
      request.end()
      return Effect.sync(() => request.destroy())
    })

  return ({ address }, port) =>
    proxyAddresses.pipe(
      Effect.mapError((error) => failed("proxy", `the proxy's name cannot be resolved: ${error.message}`)),
      Effect.flatMap((addresses) => connect(`${inUrl(address)}:${port}`, addresses)),
    )
}
