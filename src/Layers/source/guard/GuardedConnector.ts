import { buildConnector } from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import type * as dns from "node:dns"
import * as net from "node:net"
import type { DestinationGuard, Origin } from "./DestinationGuard.ts"
import { longReads } from "./longReads.ts"
import { lookupOf } from "./lookupOf.ts"
import { setPeer } from "./RequestPeer.ts"
import type { OpenTunnel } from "./SourceProxy.ts"

type Callback = buildConnector.Callback

/**
 * Prevents undici from taking a reset for the end of a body that has no length and no chunks. undici treats ECONNRESET
 * so because of a peculiarity of macOS, hence the other code. This listener must run before undici's.
 */
const renameReset = (socket: net.Socket): void => {
  socket.prependListener("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNRESET") error.code = "ECONNABORTED"
  })
}

/** The host of a connection, without the brackets around an IPv6 address. */
const hostOf = ({ hostname }: buildConnector.Options): string => hostname.replace(/^\[(.*)\]$/, "$1")

const portOf = ({ port, protocol }: buildConnector.Options): number => {
  if (port !== "") return Number(port)
  return protocol === "https:" ? 443 : 80
}

/**
 * Makes undici's connections. Dials only addresses that the guard has just checked, so a name that resolves differently a
 * second time (DNS rebinding) gains nothing.
 *
 * @param options.timeoutMillis also ends attempts that nobody waits for any more; 0: never
 * @param options.tunnel the way through the proxy, if there is one
 */
export const guardedConnector = (options: {
  readonly guard: DestinationGuard
  readonly origin: Origin
  readonly timeoutMillis: number
  readonly tunnel: OpenTunnel | null
}): buildConnector.connector => {
  const { guard, origin, timeoutMillis, tunnel } = options
  const connectorTo = (addresses: Parameters<typeof lookupOf>[0]) => {
    const connectOptions: buildConnector.BuildOptions & Pick<net.TcpNetConnectOpts, "lookup" | "onread"> = {
      allowH2: false,
      timeout: timeoutMillis,
      lookup: lookupOf(addresses),
      onread: longReads(),
    }
    return buildConnector(connectOptions)
  }

  const through = Effect.fnUntraced(function* (
    open: OpenTunnel,
    destination: buildConnector.Options,
    addresses: Parameters<typeof lookupOf>[0],
    callback: Callback,
  ) {
    const port = portOf(destination)
    const [first, ...others] = addresses
    const openTo = (address: dns.LookupAddress) =>
      Effect.map(open(address, port), (socket) => ({ address, socket }))
    const { address, socket } = yield* others.reduce(
      (attempt, other) => Effect.catch(attempt, () => openTo(other)),
      openTo(first!),
    )
    const done: Callback = (...result) => {
      if (result[0] === null) setPeer(result[1], address.address, port)
      callback(...result)
    }
    if (destination.protocol === "https:")
      connectorTo(addresses)({ ...destination, httpSocket: socket }, done)
    else done(null, socket.setNoDelay(true))
  })

  return (destination, callback) => {
    const done: Callback = (...result) => {
      if (result[0] === null) renameReset(result[1])
      callback(...result)
    }
    const connect = Effect.gen(function* () {
      const { addresses, isDirect } = yield* guard.check(origin, {
        host: hostOf(destination),
        port: portOf(destination),
      })
      if (tunnel === null || isDirect) connectorTo(addresses)(destination, done)
      else yield* through(tunnel, destination, addresses, done)
    })
    Effect.runPromise(connect).catch((error: Error) => callback(error, null))
  }
}
