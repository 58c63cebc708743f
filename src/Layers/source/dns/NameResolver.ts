import * as Cache from "effect/Cache"
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
import { bareHost } from "../../../Domain/source/HostAndPort.ts"
import { addressesIn, systemHostsFile } from "./HostsFile.ts"
import * as SearchList from "./SearchList.ts"

/**
 * A name has no address. `ENOTFOUND`: DNS says so. `EAI_AGAIN`: DNS gave no usable answer in time; a retry may
 * succeed. Both codes are those of `dns.lookup`.
 */
export class NameNotResolved extends Data.TaggedError("NameNotResolved")<{
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

/** How names are resolved. The defaults are the system's files and DNS servers. */
export interface ResolverOptions {
  /** DNS servers as `host:port`. */
  readonly servers?: ReadonlyArray<string>
  readonly hostsFile?: string
  readonly resolvConf?: string
}

/** Wait for the first reply of a server; doubled for the second try. */
const firstWait = Duration.seconds(2)
const tries = 2
/** Limit for one record type of one name, so that a server silent about AAAA does not cost the A records. */
const queryDeadline = Duration.seconds(5)
/** Limit for a lookup: hosts file, all names of the search list, and the wait for a place. */
const lookupDeadline = Duration.seconds(10)
/** Each lookup holds two or more sockets. */
const mostLookups = 128
const cachedNames = 1000
const leastTtl = Duration.seconds(1)
const greatestTtl = Duration.seconds(60)
const failureTtl = Duration.seconds(1)

const unanswered = (name: string, cause: unknown) =>
  new NameNotResolved({ code: "EAI_AGAIN", message: `DNS gave no answer for ${name}`, cause })
const unknown = (name: string) =>
  new NameNotResolved({ code: "ENOTFOUND", message: `${name} has no address` })

/** c-ares' codes for a name that does not exist, has no record of the type, or cannot exist. */
const noRecord = new Set<unknown>(["ENOTFOUND", "ENODATA", "EBADNAME"])

const query = (name: string, ask: () => Promise<Array<dns.RecordWithTtl>>) =>
  Effect.tryPromise({
    try: ask,
    catch: (cause) =>
      Predicate.hasProperty(cause, "code") && noRecord.has(cause.code)
        ? unknown(name)
        : unanswered(name, cause),
  }).pipe(
    Effect.timeoutOrElse({
      duration: queryDeadline,
      orElse: () => Effect.fail(unanswered(name, `not within ${Duration.format(queryDeadline)}`)),
    }),
    Effect.result,
  )

/** Queries the A and AAAA records of an absolute name. */
const addressesOf = Effect.fnUntraced(function* (name: string, servers: ReadonlyArray<string> | undefined) {
  // A resolver for each name, because `cancel` ends all queries of a resolver.
  const resolver = new dns.promises.Resolver({ timeout: Duration.toMillis(firstWait), tries })
  if (servers !== undefined) resolver.setServers(servers)
  const answers = yield* Effect.all(
    [
      query(name, () => resolver.resolve4(name, { ttl: true })),
      query(name, () => resolver.resolve6(name, { ttl: true })),
    ],
    { concurrency: 2 },
  ).pipe(Effect.ensuring(Effect.sync(() => resolver.cancel())))

  const records = answers.flatMap((answer) => Result.getOrElse(answer, () => []))
  const failure = answers
    .filter(Result.isFailure)
    .find(({ failure }) => failure.code === "EAI_AGAIN")?.failure
  if (records.length === 0) return yield* failure ?? unknown(name)
  return {
    addresses: records.map(({ address }) => ({ address, family: net.isIP(address) })),
    // An answer without one of the two record types is incomplete: ask again soon.
    ttl: failure === undefined ? Duration.seconds(Math.min(...records.map(({ ttl }) => ttl))) : leastTtl,
  } satisfies Resolved
})

/** A file that does not exist is empty. */
const textOf = (path: string) =>
  Effect.tryPromise(() => readFile(path, "utf8")).pipe(Effect.orElseSucceed(() => ""))

const lookup = Effect.fnUntraced(function* (host: string, options: ResolverOptions) {
  const known = addressesIn(yield* textOf(options.hostsFile ?? systemHostsFile), bareHost(host))
  if (known.length > 0) {
    const addresses = known.map((address) => ({ address, family: net.isIP(address) }))
    return { addresses, ttl: leastTtl } satisfies Resolved
  }
  const list = SearchList.parse(yield* textOf(options.resolvConf ?? "/etc/resolv.conf"))
  let failure = unknown(host)
  for (const name of SearchList.candidates(list, host)) {
    const found = yield* Effect.result(addressesOf(name, options.servers))
    if (Result.isSuccess(found)) return found.success
    if (found.failure.code === "EAI_AGAIN") failure = found.failure
  }
  return yield* failure
})

const timeToLive = (exit: Exit.Exit<Resolved, NameNotResolved>): Duration.Duration =>
  Exit.isSuccess(exit)
    ? Duration.clamp(exit.value.ttl, { minimum: leastTtl, maximum: greatestTtl })
    : failureTtl

/**
 * Resolves host names as the system does for `hosts: files dns` (hosts file, then the search list), but without
 * `dns.lookup`: libuv runs two of those at a time, and each holds its thread for as long as DNS is silent.
 *
 * Concurrent lookups of a name share one, which is cancelled when all who wait for it are interrupted.
 */
export const make = Effect.fnUntraced(function* (options: ResolverOptions = {}) {
  const places = yield* Semaphore.make(mostLookups)
  const cache = yield* Cache.makeWith(
    (host: string) =>
      lookup(host, options).pipe(
        places.withPermit,
        Effect.timeoutOrElse({
          duration: lookupDeadline,
          orElse: () => Effect.fail(unanswered(host, `not within ${Duration.format(lookupDeadline)}`)),
        }),
      ),
    { capacity: cachedNames, timeToLive },
  )
  return (host: string): Effect.Effect<ReadonlyArray<dns.LookupAddress>, NameNotResolved> =>
    Effect.map(Cache.get(cache, host.toLowerCase()), ({ addresses }) => addresses)
})
