import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type LogLine, type ServiceProcess, startApi, startWorker } from "../support/ServiceProcess.ts"
import * as DatabaseLine from "./DatabaseLine.ts"

/** A place for a process of the service: whoever dies there is followed by another. */
export interface Replica {
  readonly name: string
  readonly line: DatabaseLine.DatabaseLine
  /** Kills it with SIGKILL and starts its successor; done when that works. */
  readonly kill: Effect.Effect<void>
  /** Kills it and leaves the place empty until `revive`; for deaths in the middle of something. */
  readonly strikeDown: Effect.Effect<void>
  readonly revive: Effect.Effect<void>
  /** Tells it to stop, waits for its end, and starts its successor; answers the exit code or signal. */
  readonly roll: Effect.Effect<number | string>
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
  /** What all processes that were in this place have logged. */
  readonly log: () => ReadonlyArray<LogLine>
  /** Tells it to stop for good. */
  readonly stop: Effect.Effect<number | string>
}

interface Api extends Replica {
  /** `http://host:port` of the process there is now, or of the last one. */
  readonly origin: () => string
}

/** Faults come much thicker than in any life: a job must outlast many of them. */
export const maxAttempts = "12"

type Start<P extends ServiceProcess> = Effect.Effect<P, never, Scope.Scope>

const makeReplica = Effect.fnUntraced(function* <P extends ServiceProcess>(
  name: string,
  line: DatabaseLine.DatabaseLine,
  start: Start<P>,
) {
  const turn = yield* Semaphore.make(1)
  let scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Effect.suspend(() => Scope.close(scope, Exit.void)))
  const startAnew = Effect.suspend(() => Scope.provide(start, scope))
  let process = yield* startAnew
  const logs = [process.log]
  let isDown = false

  const successor = Effect.gen(function* () {
    yield* Scope.close(scope, Exit.void)
    scope = yield* Scope.make()
    process = yield* startAnew
    logs.push(process.log)
    isDown = false
  })
  const strikeDown = Effect.suspend(() => {
    isDown = true
    return Effect.andThen(process.signal("SIGKILL"), process.exit)
  }).pipe(Effect.asVoid)
  const revive = Effect.suspend(() => (isDown ? successor : Effect.void))
  const stop = Effect.suspend(() =>
    isDown ? Effect.succeed(0) : Effect.andThen(process.signal("SIGTERM"), process.exit),
  )
  const whole = <A>(effect: Effect.Effect<A>) => turn.withPermits(1)(effect)
  const replica: Replica = {
    name,
    line,
    kill: whole(Effect.andThen(strikeDown, revive)),
    strikeDown,
    revive: whole(revive),
    roll: whole(Effect.tap(stop, () => successor)),
    freeze: Effect.suspend(() => process.signal("SIGSTOP")),
    thaw: Effect.suspend(() => process.signal("SIGCONT")),
    log: () => logs.flat(),
    stop: whole(stop),
  }
  return { replica, current: () => process }
})

/** The running service: one API, and workers that share its database, each behind a line of its own. */
export interface Fleet {
  readonly api: Api
  readonly workers: ReadonlyArray<Replica>
}

export const start = Effect.fnUntraced(function* (options: {
  readonly databaseUrl: string
  /** How many connections each worker's loads use; its length is the number of workers. */
  readonly copyStreams: ReadonlyArray<string>
}) {
  const settings = (line: DatabaseLine.DatabaseLine) => ({
    DATABASE_URL: line.through(options.databaseUrl),
    ALLOWED_HOSTS: "127.0.0.0/8",
    MAX_ATTEMPTS: maxAttempts,
    SOURCE_IDLE_TIMEOUT: "1 second",
    SOURCE_HEADER_TIMEOUT: "3 seconds",
    SHUTDOWN_GRACE: "1 second",
  })
  const apiLine = yield* DatabaseLine.make(options.databaseUrl)
  const api = yield* makeReplica("api", apiLine, startApi(settings(apiLine)))
  const workers = yield* Effect.forEach(
    options.copyStreams,
    Effect.fnUntraced(function* (copyStreams, index) {
      const line = yield* DatabaseLine.make(options.databaseUrl)
      const starting = startWorker({ ...settings(line), COPY_STREAMS: copyStreams })
      return (yield* makeReplica(`worker ${index + 1}`, line, starting)).replica
    }),
    { concurrency: "unbounded" },
  )
  return { api: { ...api.replica, origin: () => api.current().origin }, workers } satisfies Fleet
})
