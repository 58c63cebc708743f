import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as IpNetwork from "effect/net/IpNetwork"
import type * as dns from "node:dns"
import * as net from "node:net"
import {
  type Destination,
  type DestinationPolicy,
  forRedirects,
  isDirect,
  isTrusted,
  type NamedDestination,
  type Refusal,
  refusalOf,
  refusalOfName,
} from "../../../Domain/source/hosts/DestinationPolicy.ts"
import type { ResolveName } from "../dns/NameResolver.ts"
import { makeTranslationPrefixes } from "../dns/translationPrefixes.ts"
import { ownAddresses } from "./ownAddresses.ts"

/** The policy forbids the destination, so no connection was made. */
export class DestinationDenied extends Data.TaggedError("DestinationDenied")<{
  readonly host: string
  readonly port: number
  /** The address that was forbidden; `null` if the host was not resolved. */
  readonly address: string | null
  readonly refusal: Refusal
  /** Whether the caller could predict this without this machine: DNS played no part in it. */
  readonly isEvident: boolean
  /** Whether a redirect of a public host led there. */
  readonly isRedirected: boolean
}> {}

/** Who led to a destination: the caller, also by redirects of trusted hosts, or a public host by a redirect. */
export type Origin = "caller" | "public host"

/** What a host may be dialed at. */
interface CheckedDestination {
  /** Never empty. No other address may be dialed. */
  readonly addresses: ReadonlyArray<dns.LookupAddress>
  /** Whether `SOURCE_PROXY` is not for it. */
  readonly isDirect: boolean
}

/** Decides which connections are made. */
export interface DestinationGuard {
  /** The allowed addresses of a host. Fails with `DestinationDenied`, or with the resolver's error. */
  readonly check: (origin: Origin, destination: NamedDestination) => Effect.Effect<CheckedDestination, Error>
  /** Whether a redirect from a host that was dialed counts as requested by the caller. */
  readonly isTrusted: (destination: Destination) => boolean
}

/**
 * Failures about a name are reported at multiples of this time, so that a name that is forbidden and one that does not
 * exist take equally long.
 */
export const FailureStep = Context.Reference<Duration.Duration>("sluice/Layers/source/FailureStep", {
  defaultValue: () => Duration.millis(250),
})

/** RFC 6761, 6.3: everyone knows the addresses of these names. */
export const isLocalhost = (host: string): boolean => /(?:^|\.)localhost\.?$/i.test(host)

const denied = (
  origin: Origin,
  destination: NamedDestination,
  refusal: Refusal,
  details: Pick<DestinationDenied, "address" | "isEvident">,
) => {
  const isRedirected = origin === "public host"
  return new DestinationDenied({ ...destination, refusal, isRedirected, ...details })
}

export const makeDestinationGuard = Effect.fnUntraced(function* (
  policy: DestinationPolicy,
  resolve: ResolveName,
) {
  const step = Duration.toMillis(yield* FailureStep)
  const discoverPrefixes = yield* makeTranslationPrefixes(resolve)
  const policies = { caller: policy, "public host": forRedirects(policy) }
  let translationPrefixes: ReadonlyArray<IpNetwork.IpNetwork> = []

  const surroundings = () => ({ ownAddresses: ownAddresses(), translationPrefixes })

  /** Only an allowed IPv6 address needs the discovery, which may have to wait for DNS. */
  const refusalAt = Effect.fnUntraced(function* (origin: Origin, destination: Destination) {
    const refusal = refusalOf(policies[origin], surroundings(), destination)
    if (refusal !== null || !net.isIPv6(destination.address)) return refusal
    translationPrefixes = yield* discoverPrefixes
    return refusalOf(policies[origin], surroundings(), destination)
  })

  /** The allowed ones of these addresses. */
  const allowedAmong = Effect.fnUntraced(function* (
    origin: Origin,
    destination: NamedDestination,
    addresses: ReadonlyArray<dns.LookupAddress>,
    isEvident: boolean,
  ) {
    const allowed: Array<dns.LookupAddress> = []
    let first: DestinationDenied | null = null
    for (const found of addresses) {
      const { address } = found
      const refusal = yield* refusalAt(origin, { ...destination, address })
      if (refusal === null) allowed.push(found)
      else first ??= denied(origin, destination, refusal, { address, isEvident })
    }
    if (first !== null && allowed.length === 0) return yield* first
    const direct = allowed.filter(({ address }) => isDirect(policy, { ...destination, address }))
    // A name that also has an address with ;direct must not lead its other addresses around the proxy.
    return direct.length > 0 ? { addresses: direct, isDirect: true } : { addresses: allowed, isDirect: false }
  })

  /** Delays a failure to the next multiple of the step. */
  const inSteps = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.gen(function* () {
      const start = yield* Clock.currentTimeMillis
      return yield* Effect.tapError(effect, () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          step === 0 ? Effect.void : Effect.sleep(step - ((now - start) % step)),
        ),
      )
    })

  const check: DestinationGuard["check"] = Effect.fnUntraced(function* (origin, destination) {
    const { host } = destination
    const refusal = refusalOfName(policies[origin], destination)
    if (refusal !== null)
      return yield* denied(origin, destination, refusal, { address: null, isEvident: true })
    const family = net.isIP(host)
    if (family !== 0) return yield* allowedAmong(origin, destination, [{ address: host, family }], true)
    const found = Effect.flatMap(resolve(host), (addresses) =>
      allowedAmong(origin, destination, addresses, isLocalhost(host)),
    )
    return yield* inSteps(found)
  })

  const guard: DestinationGuard = {
    check,
    isTrusted: (destination) => isTrusted(policy, surroundings(), destination),
  }
  return guard
})
