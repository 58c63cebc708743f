import { buildConnector } from "@effect/platform-node/Undici"
import * as Duration from "effect/Duration"
import type * as dns from "node:dns"
import * as net from "node:net"
import { type AddressPolicy, judge } from "../../../Domain/source/AddressPolicy.ts"
import { bareHost } from "../../../Domain/source/HostAndPort.ts"

/** The connection was not made because the policy forbids the address. */
export class AddressDenied extends Error {
  readonly _tag = "AddressDenied"
  readonly host: string
  readonly port: number
  /** The kind of the address and the document that sets it apart. */
  readonly reason: string

  constructor(host: string, port: number, address: string, reason: string) {
    super(`${host} is at ${address}: ${reason}`)
    this.name = "AddressDenied"
    this.host = host
    this.port = port
    this.reason = reason
  }
}

/** Throws away the addresses the policy forbids; fails when none is left. */
const guardedLookup =
  (policy: AddressPolicy, lookup: net.LookupFunction, port: number): net.LookupFunction =>
  (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [])
      const addresses: ReadonlyArray<dns.LookupAddress> =
        typeof found === "string" ? [{ address: found, family: net.isIP(found) }] : found
      const usable: Array<dns.LookupAddress> = []
      let denied: AddressDenied | undefined
      for (const candidate of addresses) {
        const verdict = judge(policy, { host, port, address: candidate.address })
        if (verdict._tag === "Allowed") usable.push(candidate)
        else denied ??= new AddressDenied(host, port, candidate.address, verdict.reason)
      }
      const first = usable[0]
      if (first === undefined) {
        const empty = Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" })
        return callback(denied ?? empty, [])
      }
      if (options.all === true) return callback(null, usable)
      callback(null, first.address, first.family)
    })

/**
 * A body that only the end of the connection delimits (no Content-Length, not chunked) is complete for undici
 * when the connection is reset (`ECONNRESET`): it makes up for a peculiarity of macOS. A reset must never
 * pass for the end of a file, so it is given a code that undici does not take for one. Listening before
 * undici does, this runs first.
 */
const resetIsNoEnd = (socket: net.Socket): void => {
  socket.prependListener("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNRESET") error.code = "ECONNABORTED"
  })
}

/**
 * Makes undici's connections, each only after the policy has allowed the very address that is dialled.
 *
 * Node calls `lookup` for names only, so an address in the URL itself is judged here.
 *
 * @param connectTimeout ends attempts to connect that nobody waits for any more
 */
export const guardedConnector = (options: {
  readonly policy: AddressPolicy
  readonly lookup: net.LookupFunction
  readonly connectTimeout: Duration.Duration
}): buildConnector.connector => {
  const timeout = Duration.isFinite(options.connectTimeout) ? Duration.toMillis(options.connectTimeout) : 0

  return (destination, callback) => {
    const host = bareHost(destination.hostname)
    const port = Number(destination.port) || (destination.protocol === "https:" ? 443 : 80)
    if (net.isIP(host) !== 0) {
      const verdict = judge(options.policy, { host, port, address: host })
      if (verdict._tag === "Forbidden") {
        return callback(new AddressDenied(host, port, host, verdict.reason), null)
      }
    }
    const connectOptions: buildConnector.BuildOptions & Pick<net.TcpNetConnectOpts, "lookup"> = {
      allowH2: false,
      timeout,
      lookup: guardedLookup(options.policy, options.lookup, port),
    }
    // A connector of its own for each connection, because the guard of names has to know the port.
    buildConnector(connectOptions)(destination, (...made) => {
      if (made[0] === null) resetIsNoEnd(made[1])
      callback(...made)
    })
  }
}
