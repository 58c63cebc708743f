import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as dns from "node:dns"
import { readFile } from "node:fs/promises"
import * as net from "node:net"
import { bareHost } from "../../../Domain/source/hosts/HostAndPort.ts"
import { addressesIn, systemHostsFile } from "./HostsFile.ts"
import * as SearchList from "./SearchList.ts"

/**
 * A name has no known address. `ENOTFOUND`: DNS says that it has none. `EAI_AGAIN`: DNS gave no usable response in time,
 * so a retry can succeed. `dns.lookup` has the same codes.
 */
class NameNotResolved extends Data.TaggedError("NameNotResolved")<{
  readonly code: "ENOTFOUND" | "EAI_AGAIN"
  readonly message: string
  readonly cause?: unknown
}> {}

interface Resolved {
  /** Never empty. IPv4 first. */
  readonly addresses: ReadonlyArray<dns.LookupAddress>
  /** How long the addresses are valid. */
  readonly ttl: Duration.Duration
}

/** Returns all addresses of a name, of both families, at least one. */
export type ResolveName = (host: string) => Effect.Effect<ReadonlyArray<dns.LookupAddress>, Error>

/** Settings for tests. The defaults are the system's files and DNS servers. */
export interface ResolverOptions {
  /** DNS servers as `host:port`. */
  readonly servers?: ReadonlyArray<string>
  readonly hostsFile?: string
  readonly resolvConf?: string
}

/** Timeout for the first reply of a server. c-ares doubles it for the second try. */
const replyTimeout = Duration.seconds(2)
const tries = 2
/** Limit for one record type of one name, so that missing AAAA replies do not cost the A records. */
const queryTimeout = Duration.seconds(5)
/** Limit for a lookup: hosts file, all names of the search list, and waiting for other lookups. */
const lookupTimeout = Duration.seconds(10)
/** Each lookup has two or more sockets. */
const maxConcurrentLookups = 128
const maxCachedNames = 1000
const minTtl = Duration.seconds(1)
const maxTtl = Duration.seconds(60)
const failureTtl = Duration.seconds(1)

const noReply = (name: string, cause: unknown) =>
  new NameNotResolved({ code: "EAI_AGAIN", message: `DNS did not resolve ${name}`, cause })
const notFound = (name: string) =>
  new NameNotResolved({ code: "ENOTFOUND", message: `${name} has no address` })

/** Codes of c-ares: the name does not exist, has no such record, or is invalid. */
const notFoundCodes = new Set<unknown>(["ENOTFOUND", "ENODATA", "EBADNAME"])

const query = (name: string, resolve: () => Promise<Array<dns.RecordWithTtl>>) =>
  Effect.tryPromise({
    try: resolve,
    catch: (cause) =>
      Predicate.hasProperty(cause, "code") && notFoundCodes.has(cause.code)
        ? notFound(name)
        : noReply(name, cause),
  }).pipe(
    Effect.timeoutOrElse({
      duration: queryTimeout,
      orElse: () => Effect.fail(noReply(name, `no reply within ${Duration.format(queryTimeout)}`)),
    }),
    Effect.result,
  )

/** Queries the A and AAAA records of an absolute name. */
const addressesOf = Effect.fnUntraced(function* (name: string, servers: ReadonlyArray<string> | undefined) {
  // One resolver per name, because `cancel` ends all queries of a resolver.
  const resolver = new dns.promises.Resolver({ timeout: Duration.toMillis(replyTimeout), tries })
  if (servers !== undefined) resolver.setServers(servers)
  const results = yield* Effect.all(
    [
      query(name, () => resolver.resolve4(name, { ttl: true })),
      query(name, () => resolver.resolve6(name, { ttl: true })),
    ],
    { concurrency: 2 },
  ).pipe(Effect.ensuring(Effect.sync(() => resolver.cancel())))

  const records = results.flatMap((result) => Result.getOrElse(result, () => []))
  const failure = results
    .filter(Result.isFailure)
    .find(({ failure }) => failure.code === "EAI_AGAIN")?.failure
  if (records.length === 0) return yield* failure ?? notFound(name)
  return {
    addresses: records.map(({ address }) => ({ address, family: net.isIP(address) })),
    // Without one of the two record types the result is incomplete, so query again soon.
    ttl: failure === undefined ? Duration.seconds(Math.min(...records.map(({ ttl }) => ttl))) : minTtl,
  } satisfies Resolved
})

/** Missing files are empty. */
const textOf = (path: string) =>
  Effect.tryPromise(() => readFile(path, "utf8")).pipe(Effect.orElseSucceed(() => ""))

const lookup = Effect.fnUntraced(function* (host: string, options: ResolverOptions) {
  const inHostsFile = addressesIn(yield* textOf(options.hostsFile ?? systemHostsFile), bareHost(host))
  if (inHostsFile.length > 0) {
    const addresses = inHostsFile.map((address) => ({ address, family: net.isIP(address) }))
    return { addresses, ttl: minTtl } satisfies Resolved
  }
  const list = SearchList.parse(yield* textOf(options.resolvConf ?? "/etc/resolv.conf"))
  let failure = notFound(host)
  for (const name of SearchList.candidates(list, host)) {
    const found = yield* Effect.result(addressesOf(name, options.servers))
    if (Result.isSuccess(found)) return found.success
    if (found.failure.code === "EAI_AGAIN") failure = found.failure
  }
  return yield* failure
})

const timeToLive = (exit: Exit.Exit<Resolved, NameNotResolved>): Duration.Duration =>
  Exit.isSuccess(exit) ? Duration.clamp(exit.value.ttl, { minimum: minTtl, maximum: maxTtl }) : failureTtl

/**
 * Resolves host names as the system does for `hosts: files dns`: hosts file, then DNS with the search list. Does not use
 * `dns.lookup`, because libuv runs only two of those at a time, and each holds a thread until DNS replies.
 *
 * Concurrent lookups of a name share one. Interrupting all callers cancels it, but `GuardedConnector` cannot do that,
 * because undici does not end a connection attempt with its request: that lookup runs to its limit.
 */
export const make = Effect.fnUntraced(function* (options: ResolverOptions = {}) {
  const permits = yield* Semaphore.make(maxConcurrentLookups)
  const cache = yield* Cache.makeWith(
    (host: string) =>
      lookup(host, options).pipe(
        permits.withPermit,
        Effect.timeoutOrElse({
          duration: lookupTimeout,
          orElse: () => Effect.fail(noReply(host, `no reply within ${Duration.format(lookupTimeout)}`)),
        }),
      ),
    { capacity: maxCachedNames, timeToLive },
  )
  return ((host) =>
    Effect.map(Cache.get(cache, host.toLowerCase()), ({ addresses }) => addresses)) satisfies ResolveName
})

/** Resolves the host names of sources. Has one cache for the whole process. */
export const NameResolver = Context.Reference<ResolveName>("sluice/Layers/source/NameResolver", {
  defaultValue: () => Effect.runSync(make()),
})
