import { buildConnector } from "@effect/platform-node/Undici"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as dns from "node:dns"
import * as net from "node:net"
import { type AddressPolicy, forbiddenReason } from "../../../Domain/source/AddressPolicy.ts"
import { bareHost } from "../../../Domain/source/HostAndPort.ts"
import type { ResolveName } from "../dns/NameResolver.ts"

/** The policy forbids the address, so no connection was made. */
export class AddressDenied extends Error {
  readonly _tag = "AddressDenied"
  readonly host: string
  readonly port: number
  /** The kind of the address and the document that reserves it. */
  readonly reason: string

  constructor(host: string, port: number, address: string, reason: string) {
    super(`${host} is at ${address}: ${reason}`)
    this.name = "AddressDenied"
    this.host = host
    this.port = port
    this.reason = reason
  }
}

/** Resolves a name for Node, without the addresses that the policy forbids. Fails if none is left. */
const guardedLookup =
  (policy: AddressPolicy, resolve: ResolveName, port: number): net.LookupFunction =>
  (host, { all }, callback) => {
    const allowedAddresses = Effect.gen(function* () {
      const allowed: Array<dns.LookupAddress> = []
      let denied: AddressDenied | undefined
      for (const found of yield* resolve(host)) {
        const reason = forbiddenReason(policy, { host, port, address: found.address })
        if (reason === null) allowed.push(found)
        else denied ??= new AddressDenied(host, port, found.address, reason)
      }
      return denied !== undefined && allowed.length === 0 ? yield* Effect.fail(denied) : allowed
    })
    Effect.runPromise(allowedAddresses).then(
      (allowed) =>
        all === true ? callback(null, allowed) : callback(null, allowed[0]!.address, allowed[0]!.family),
      (error: Error) => callback(error, []),
    )
  }

/**
 * Prevents undici from taking a reset for the end of a body that has no length and no chunks. undici treats ECONNRESET
 * so because of a peculiarity of macOS, hence the other code. This listener must run before undici's.
 */
const renameReset = (socket: net.Socket): void => {
  socket.prependListener("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNRESET") error.code = "ECONNABORTED"
  })
}

/**
 * Makes undici's connections. Checks the very address that is dialed, so a name that resolves differently a second time
 * (DNS rebinding) gains nothing. Node calls `lookup` only for names, so addresses in URLs are checked here.
 *
 * @param connectTimeout also ends attempts that nobody waits for any more
 */
export const guardedConnector = (options: {
  readonly policy: AddressPolicy
  readonly resolve: ResolveName
  readonly connectTimeout: Duration.Duration
}): buildConnector.connector => {
  const timeout = Duration.isFinite(options.connectTimeout) ? Duration.toMillis(options.connectTimeout) : 0

  return (destination, callback) => {
    const host = bareHost(destination.hostname)
    const port = Number(destination.port) || (destination.protocol === "https:" ? 443 : 80)
    if (net.isIP(host) !== 0) {
      const reason = forbiddenReason(options.policy, { host, port, address: host })
      if (reason !== null) return callback(new AddressDenied(host, port, host, reason), null)
    }
    const connectOptions: buildConnector.BuildOptions & Pick<net.TcpNetConnectOpts, "lookup"> = {
      allowH2: false,
      timeout,
      lookup: guardedLookup(options.policy, options.resolve, port),
    }
    // One connector per connection, because the lookup needs the port.
    buildConnector(connectOptions)(destination, (...result) => {
      if (result[0] === null) renameReset(result[1])
      callback(...result)
    })
  }
}
