import type * as dns from "node:dns"
import type { LookupFunction } from "node:net"

/** A lookup for Node that returns these addresses for every name. */
export const lookupOf =
  (addresses: ReadonlyArray<dns.LookupAddress>): LookupFunction =>
  (_, { all }, callback) =>
    all === true
      ? callback(null, [...addresses])
      : callback(null, addresses[0]!.address, addresses[0]!.family)
