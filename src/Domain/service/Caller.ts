import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as IpInterface from "effect/net/IpInterface"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import type { ApiKey } from "./ApiKeys.ts"
import { grants, ordinaryScopes, type Scope } from "./Scope.ts"

/**
 * Identifies a caller for as long as it exists: made from a key's name and not from its secret, so that a key can be
 * replaced. Limits count by it.
 */
export const CallerId = Schema.String.pipe(Schema.brand("CallerId"))
export type CallerId = typeof CallerId.Type

/**
 * Whose a job is: the name of the key that created it. Empty if the API was open then. Addresses own nothing, because
 * they are shared and change, so the callers of an open API share its jobs.
 */
export const Owner = Schema.String.pipe(Schema.brand("Owner"))
export type Owner = typeof Owner.Type

/** The owner of all that callers of an open API create. */
export const openOwner = Owner.make("")

/** Who sends the current request. */
export class Caller extends Context.Service<
  Caller,
  {
    readonly id: CallerId
    /** For logs: the key's name, or the address if no keys are configured. */
    readonly name: string
    /** The address that the request came from; `unknown` if the connection is gone. */
    readonly address: string
    readonly owner: Owner
    readonly scopes: ReadonlySet<Scope>
  }
>()("sluice/Domain/Caller") {}

/** Whether the caller may reach the jobs of every owner. */
export const seesAll = ({ scopes }: Pick<Caller["Service"], "scopes">): boolean => grants(scopes, "admin")

/** The owner whose jobs, tables and sources the current caller may reach; `null`: those of all. */
export const reachableOwner: Effect.Effect<Owner | null, never, Caller> = Caller.useSync((caller) =>
  seesAll(caller) ? null : caller.owner,
)

/** The service itself, when it reads a job without a request. */
export const theService: Caller["Service"] = {
  id: CallerId.make("service"),
  name: "service",
  address: "unknown",
  owner: openOwner,
  scopes: new Set(["admin"]),
}

const keyPrefix = "key:"

/** Whether the caller has a key, and is not only known by an address. */
export const hasKey = (id: CallerId): boolean => id.startsWith(keyPrefix)

/**
 * Whether the caller may read a table that another program made, which may have rows of every other caller: with the scope admin,
 * or if the API is open.
 */
export const readsTablesOfOthers = (caller: Pick<Caller["Service"], "id" | "scopes">): boolean =>
  seesAll(caller) || !hasKey(caller.id)

/** The caller with this key. */
export const withKey = ({ name, scopes }: ApiKey, address: string): Caller["Service"] => ({
  id: CallerId.make(`${keyPrefix}${name}`),
  name,
  address,
  owner: Owner.make(name),
  scopes,
})

/** Length of the prefix that an IPv6 host or site has for itself (RFC 6177): it can change the rest at will. */
const ownedIpv6Prefix = 64

/** What is counted as one address: an IPv4 address, or the network of an IPv6 address. */
export const countedAddress = (address: string): string =>
  Result.match(NetAddress.ipFromString(address.replace(/%.*$/, "")), {
    onFailure: () => address,
    onSuccess: (parsed) => {
      const canonical = NetAddress.toCanonical(parsed)
      return NetAddress.isIpv4Address(canonical)
        ? NetAddress.formatIp(canonical)
        : IpNetwork.format(IpNetwork.fromInterface(IpInterface.makeUnsafe(canonical, ownedIpv6Prefix)))
    },
  })

/** A caller of an open API. */
export const withoutKey = (address: string): Caller["Service"] => ({
  id: CallerId.make(`address:${countedAddress(address)}`),
  name: address,
  address,
  owner: openOwner,
  scopes: ordinaryScopes,
})
