import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Session } from "./DatabaseLine.ts"
import type { Replica } from "./Fleet.ts"
import type { Entry } from "./Ledger.ts"
import type { World } from "./World.ts"

/** What strikes at a step. A line cut after the server has done the step loses its answer. */
export type Strike = "kill -9" | "cut" | "end backend" | "cancel" | "freeze past the lease" | "lose data"

/** The job whose step it is, as far as it is known by then. */
export interface StruckJob {
  readonly id: () => string | undefined
  readonly entry: () => Entry | undefined
}

interface Place {
  /** The worker at whose step it is. */
  readonly replica: Replica
  /** The session that stands still meanwhile; none where the step is not one of the database. */
  readonly session: Session | undefined
  readonly job: StruckJob
}

const pollUntil = (condition: Effect.Effect<boolean>, limit: `${number} seconds`) =>
  Effect.repeat(condition, {
    until: (holds) => holds,
    schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: limit })),
  })

const kill = Effect.fnUntraced(function* (world: World, { replica }: Place) {
  yield* replica.strikeDown
  world.ledger.lose("kill -9 of a worker", replica.name)
  yield* world.inBackground(`start of ${replica.name}`, replica.revive)
  world.count("kill -9 of a worker")
})

const cut = Effect.fnUntraced(function* (world: World, { session }: Place) {
  session?.connection.cut()
  yield* Effect.sync(() => world.count("database connection cut"))
})

/** Done when the server has let the session go. */
const endBackend = Effect.fnUntraced(function* (world: World, { session }: Place) {
  const pid = session?.backendPid ?? 0
  yield* world.postgres.query("select pg_terminate_backend($1::int)", [pid])
  const isGone = Effect.map(
    world.postgres.query("select 1 from pg_stat_activity where pid = $1::int", [pid]),
    (rows) => rows.length === 0,
  )
  yield* pollUntil(isGone, "5 seconds")
  world.count("backend ended")
})

/** Done when it is answered, or waits for a lock of the very load that stands still here. */
const cancel = Effect.fnUntraced(function* (world: World, { job }: Place) {
  const answered = yield* Deferred.make<void>()
  yield* pollUntil(
    Effect.sync(() => job.entry() !== undefined),
    "5 seconds",
  )
  const entry = job.entry()
  if (entry === undefined) return
  yield* world.inBackground(
    `held cancel of ${entry.jobId}`,
    Effect.andThen(world.ledger.cancel(entry, true), Deferred.succeed(answered, undefined)),
  )
  const isUnderWay = Effect.map(
    world.postgres.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where application_name = 'sluice' and wait_event_type = 'Lock'`,
    ),
    (rows) => Deferred.isDoneUnsafe(answered) || entry.cancel === "answered" || (rows[0]?.n ?? 0) > 0,
  )
  yield* pollUntil(isUnderWay, "5 seconds")
})

/** Until another attempt has begun, or for so long that one would have if it could. */
const freeze = Effect.fnUntraced(function* (world: World, { job, replica }: Place) {
  world.ledger.lose("freeze past the lease", replica.name)
  world.count("freeze past the lease")
  world.ledger.disturb(16_000, replica.name)
  yield* replica.freeze
  const isTakenOver = Effect.map(
    world.postgres.query<{ again: boolean }>(
      `select retry_count > $2 or final_state is not null as again from sluice.job where id = $1`,
      [job.id(), job.entry()?.retryCount ?? 0],
    ),
    (rows) => rows[0]?.again === true,
  )
  yield* pollUntil(isTakenOver, "16 seconds")
  yield* replica.thaw
})

const strikes: Record<Strike, (world: World, place: Place) => Effect.Effect<void>> = {
  "kill -9": kill,
  cut,
  "end backend": endBackend,
  cancel,
  "freeze past the lease": freeze,
  // The line itself drops the message.
  "lose data": (world) => Effect.sync(() => world.count("COPY data lost")),
}

/** Strikes while the load stands still at its step. */
export const strike = (world: World, what: Strike, place: Place): Effect.Effect<void> =>
  strikes[what](world, place)
