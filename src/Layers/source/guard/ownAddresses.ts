import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import { networkInterfaces } from "node:os"
import { performance } from "node:perf_hooks"

/** An address that is added to this machine is noticed after this time. */
const maxAgeMillis = 5000

let cached: ReadonlySet<string> = new Set()
let readAt = Number.NEGATIVE_INFINITY

/** The addresses of this machine's interfaces, read again every few seconds. */
export const ownAddresses = (): ReadonlySet<string> => {
  const now = performance.now()
  if (now - readAt > maxAgeMillis) {
    readAt = now
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    cached = new Set(
      all.flatMap(({ address }) =>
        Result.match(NetAddress.ipFromString(address.replace(/%.*/, "")), {
          onFailure: () => [],
          onSuccess: (ip) => [NetAddress.formatIp(ip)],
        }),
      ),
    )
  }
  return cached
}
