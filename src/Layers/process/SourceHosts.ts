import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HostAliases from "../../Domain/source/hosts/HostAliases.ts"
import { hostOf } from "../../Domain/source/hosts/HostAndPort.ts"
import { limitOf } from "../../Domain/source/hosts/HostLimits.ts"
import { AppConfig } from "./AppConfig.ts"

/** What an unlimited number of loads is for Postgres. */
const unlimited = 2 ** 31 - 1

/** How many loads of one host may run at a time, over all processes: the values of parameters for Postgres. */
export interface HostLimitValues {
  /** The limit of a host that has none of its own. */
  readonly usual: number
  /** The others, as a JSON object. */
  readonly ofHosts: string
}

/** The limits of hosts, and for which of them a load counts. */
export class SourceHosts extends Context.Service<
  SourceHosts,
  HostLimitValues & {
    /** The host for whose limit a load of the URL counts, after `SOURCE_HOST_ALIASES`; `null` if it has no limit or no host. */
    readonly limitedHost: (fileUrl: string) => string | null
  }
>()("sluice/Layers/SourceHosts") {
  static readonly layer = Layer.effect(
    SourceHosts,
    Effect.gen(function* () {
      const { sourceHostAliases, sourceHostConcurrency: limits } = yield* AppConfig
      const aliases = yield* Effect.fromResult(HostAliases.parse(sourceHostAliases))
      return SourceHosts.of({
        limitedHost: (fileUrl) => {
          const given = URL.parse(fileUrl)
          if (given === null || !/^https?:$/.test(given.protocol)) return null
          const host = hostOf(HostAliases.apply(aliases, given))
          return limitOf(limits, host) === null ? null : host
        },
        usual: limits.usual ?? unlimited,
        ofHosts: JSON.stringify(
          Object.fromEntries([...limits.ofHosts].map(([host, limit]) => [host, limit ?? unlimited])),
        ),
      })
    }),
  )
}
