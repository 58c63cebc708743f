import * as net from "node:net"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { CallbackPolicy, CallbackRefused } from "../../Domain/job/webhook/CallbackPolicy.ts"
import { parsePolicy, type Refusal, refusalOfName } from "../../Domain/source/hosts/DestinationPolicy.ts"
import * as HostAliases from "../../Domain/source/hosts/HostAliases.ts"
import { hostOf, inUrl, portOf } from "../../Domain/source/hosts/HostAndPort.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { NameResolver } from "../source/dns/NameResolver.ts"
import { DestinationDenied, isLocalhost, makeDestinationGuard } from "../source/guard/DestinationGuard.ts"

const withoutSecrets =
  "needs WEBHOOK_SECRETS, which the operator has not set: without a signature, a receiver could not tell notifications from forged ones"

const reasonOf = (url: URL, { subject }: Refusal): string => {
  const destination = `${inUrl(hostOf(url))}:${portOf(url)}`
  switch (subject) {
    case "port":
      return `has the port ${portOf(url)}, which is for another protocol. The operator can allow it with ALLOWED_PORTS=${portOf(url)}`
    case "host":
      return `has the host ${hostOf(url)}, which is none of those that Sluice connects to. The operator can add it to SOURCES_ONLY`
    case "address":
      return `has an address that is not public. The operator can allow it with ALLOWED_HOSTS=${destination}`
  }
}

/**
 * The policy of the settings. It looks up no names: what a name means is decided for each attempt, as for sources.
 *
 * Fails if a setting of destinations or `SOURCE_HOST_ALIASES` is malformed.
 */
export const layer = Layer.effect(
  CallbackPolicy,
  Effect.gen(function* () {
    const config = yield* AppConfig
    const policy = yield* Effect.fromResult(parsePolicy(config))
    const aliases = yield* Effect.fromResult(HostAliases.parse(config.sourceHostAliases))
    const guard = yield* makeDestinationGuard(policy, yield* NameResolver)

    /** Why the URL is refused without a lookup, or none. */
    const refusalOf = Effect.fnUntraced(function* (url: URL) {
      const destination = { host: hostOf(url), port: portOf(url) }
      const named = refusalOfName(policy, destination)
      if (named !== null || !(net.isIP(destination.host) !== 0 || isLocalhost(destination.host)))
        return Option.fromNullishOr(named)
      const failure = yield* Effect.flip(guard.check("caller", destination)).pipe(Effect.option)
      return Option.isSome(failure) && failure.value instanceof DestinationDenied
        ? Option.some(failure.value.refusal)
        : Option.none()
    })

    const check = Effect.fnUntraced(function* (text: string) {
      if (config.webhookSecrets.length === 0) return yield* new CallbackRefused({ reason: withoutSecrets })
      const url = new URL(text)
      const refusal = yield* refusalOf(HostAliases.apply(aliases, url))
      if (Option.isSome(refusal)) return yield* new CallbackRefused({ reason: reasonOf(url, refusal.value) })
      return undefined
    })
    return { check }
  }),
)
