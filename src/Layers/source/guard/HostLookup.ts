import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as net from "node:net"
import * as NameResolver from "../dns/NameResolver.ts"

/**
 * A name resolver for Node's `lookup` option. Always returns all addresses of both families. Node cannot cancel it; the
 * resolver's timeout ends it.
 */
export const hostLookup = (options?: NameResolver.ResolverOptions): net.LookupFunction => {
  const resolve = Effect.runSync(NameResolver.make(options))
  return (hostname, _, callback) => {
    Effect.runCallback(resolve(hostname), {
      onExit: Exit.match({
        onSuccess: (addresses) => callback(null, [...addresses]),
        onFailure: (cause) => {
          const error = Cause.squash(cause)
          callback(error instanceof Error ? error : new Error("name lookup failed", { cause: error }), [])
        },
      }),
    })
  }
}

/** Resolves the host names of sources. Has one cache for the whole process. */
export const HostLookup = Context.Reference<net.LookupFunction>("sluice/Layers/source/HostLookup", {
  defaultValue: () => hostLookup(),
})
