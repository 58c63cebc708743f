import * as Result from "effect/Result"
import {
  type DestinationPolicy,
  type DestinationSettings,
  parsePolicy,
  type Surroundings,
} from "../../src/Domain/source/hosts/DestinationPolicy.ts"

/** What applies if the operator sets nothing. */
export const noDestinations: DestinationSettings = {
  allowedHosts: [],
  deniedNetworks: [],
  sourcesOnly: [],
  allowedPorts: [],
}

/** The policy of these settings and no others. */
export const policyOf = (settings: Partial<DestinationSettings>): DestinationPolicy =>
  Result.getOrThrow(parsePolicy({ ...noDestinations, ...settings }))

/** A machine without addresses in a network without NAT64. */
export const nowhere: Surroundings = { ownAddresses: new Set(), translationPrefixes: [] }
