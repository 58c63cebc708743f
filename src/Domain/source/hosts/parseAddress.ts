import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"

/**
 * The IP address that a text is, or `null`, also for one with an IPv6 zone. An IPv4-mapped address is the IPv4 address.
 */
export const parseAddress = (text: string): NetAddress.IpAddress | null =>
  Result.match(NetAddress.ipFromString(text), {
    onFailure: () => null,
    onSuccess: (address) => NetAddress.toCanonical(address),
  })
