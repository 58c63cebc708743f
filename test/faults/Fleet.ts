import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type LogLine, type ServiceProcess, startApi, startWorker } from "../support/ServiceProcess.ts"
import * as PostgresProxy from "./PostgresProxy.ts"
import { loadsPerHost } from "./SourceHosts.ts"

/** A process of the service and its successors. */
export interface Replica {
  readonly name: string
  readonly proxy: PostgresProxy.PostgresProxy
  /** Kills it with SIGKILL and waits until its successor is ready. */
  readonly kill: Effect.Effect<void>
  /** Kills it with SIGKILL. It has no successor until `startAgain`. */
  readonly crash: Effect.Effect<void>
  readonly startAgain: Effect.Effect<void>
  /** Stops it with SIGTERM and starts its successor. Returns the exit code or signal. */
  readonly roll: Effect.Effect<number | string>
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
  /** The log of the process and its predecessors. */
  readonly log: () => ReadonlyArray<LogLine>
  /** Stops it with SIGTERM, without a successor. */
  readonly stop: Effect.Effect<number | string>
}

interface Api extends Replica {
  /** `http://host:port` of the current or last process. */
  readonly origin: () => string
}

/** Faults are much more frequent than in production, and a job must survive many. */
export const maxAttempts = "12"

type Start<P extends ServiceProcess> = Effect.Effect<P, never, Scope.Scope>

const makeReplica = Effect.fnUntraced(function* <P extends ServiceProcess>(
  name: string,
  proxy: PostgresProxy.PostgresProxy,
  start: Start<P>,
) {
  const lock = yield* Semaphore.make(1)
  let scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Effect.suspend(() => Scope.close(scope, Exit.void)))
  const startProcess = Effect.suspend(() => Scope.provide(start, scope))
  let process = yield* startProcess
  const logs = [process.log]
  let isDown = false

  const successor = Effect.gen(function* () {
    yield* Scope.close(scope, Exit.void)
    scope = yield* Scope.make()
    process = yield* startProcess
    logs.push(process.log)
    isDown = false
  })
  const crash = Effect.suspend(() => {
    isDown = true
    return Effect.andThen(process.signal("SIGKILL"), process.exit)
  }).pipe(Effect.asVoid)
  const startAgain = Effect.suspend(() => (isDown ? successor : Effect.void))
  const stop = Effect.suspend(() =>
    isDown ? Effect.succeed(0) : Effect.andThen(process.signal("SIGTERM"), process.exit),
  )
  const exclusive = <A>(effect: Effect.Effect<A>) => lock.withPermits(1)(effect)
  const replica: Replica = {
    name,
    proxy,
    kill: exclusive(Effect.andThen(crash, startAgain)),
    crash,
    startAgain: exclusive(startAgain),
    roll: exclusive(Effect.tap(stop, () => successor)),
    freeze: Effect.suspend(() => process.signal("SIGSTOP")),
    thaw: Effect.suspend(() => process.signal("SIGCONT")),
    log: () => logs.flat(),
    stop: exclusive(stop),
  }
  return { replica, current: () => process }
})

/** The running service: one API and several workers on one database, each with its own proxy to it. */
export interface Fleet {
  readonly api: Api
  readonly workers: ReadonlyArray<Replica>
}

export const start = Effect.fnUntraced(function* (options: {
  readonly databaseUrl: string
  /** Of the tables, if they are in another database. */
  readonly targetUrl?: string
  /** `COPY_STREAMS` of each worker. */
  readonly copyStreams: ReadonlyArray<string>
  /** Settings of all processes instead of the suite's. With `DATABASE_URL`, the proxies see nothing. */
  readonly settings?: Readonly<Record<string, string>>
}) {
  const settings = (proxy: PostgresProxy.PostgresProxy) => ({
    DATABASE_URL: proxy.through(options.databaseUrl),
    ...(options.targetUrl === undefined ? {} : { TARGET_DATABASE_URL: options.targetUrl }),
    ALLOWED_HOSTS: "127.0.0.0/8",
    SOURCE_HOST_CONCURRENCY: String(loadsPerHost),
    TRUSTED_PROXIES: "127.0.0.1",
    MAX_ATTEMPTS: maxAttempts,
    SOURCE_IDLE_TIMEOUT: "1 second",
    SOURCE_HEADER_TIMEOUT: "3 seconds",
    SHUTDOWN_GRACE: "1 second",
    ...options.settings,
  })
  const apiProxy = yield* PostgresProxy.make(options.databaseUrl)
  const api = yield* makeReplica("api", apiProxy, startApi(settings(apiProxy)))
  const workers = yield* Effect.forEach(
    options.copyStreams,
    Effect.fnUntraced(function* (copyStreams, index) {
      const proxy = yield* PostgresProxy.make(options.databaseUrl)
      const starting = startWorker({ ...settings(proxy), COPY_STREAMS: copyStreams })
      return (yield* makeReplica(`worker ${index + 1}`, proxy, starting)).replica
    }),
    { concurrency: "unbounded" },
  )
  return { api: { ...api.replica, origin: () => api.current().origin }, workers } satisfies Fleet
})
