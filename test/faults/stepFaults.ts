import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Session } from "./PostgresProxy.ts"
import type { Replica } from "./Fleet.ts"
import type { TrackedJob } from "./JobTracker.ts"
import type { RunContext } from "./RunContext.ts"

/** A fault at a step. `cut` after the step loses the response. */
export type StepFault = "kill -9" | "cut" | "end backend" | "cancel" | "freeze past the lease" | "lose data"

/** The job of the step, as far as it is known at that time. */
export interface TargetJob {
  readonly id: () => string | undefined
  readonly entry: () => TrackedJob | undefined
}

interface Target {
  /** The worker that runs the step. */
  readonly replica: Replica
  /** The session that is held meanwhile, if it is a step of the database. */
  readonly session: Session | undefined
  readonly job: TargetJob
}

const pollUntil = (condition: Effect.Effect<boolean>, limit: `${number} seconds`) =>
  Effect.repeat(condition, {
    until: (holds) => holds,
    schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: limit })),
  })

const kill = Effect.fnUntraced(function* (context: RunContext, { replica }: Target) {
  yield* replica.crash
  context.tracker.expectRetry("kill -9 of a worker", replica.name)
  yield* context.inBackground(`start of ${replica.name}`, replica.startAgain)
  context.count("kill -9 of a worker")
})

const cut = Effect.fnUntraced(function* (context: RunContext, { session }: Target) {
  session?.connection.cut()
  yield* Effect.sync(() => context.count("database connection cut"))
})

/** Waits until the server has ended the session. */
const endBackend = Effect.fnUntraced(function* (context: RunContext, { session }: Target) {
  const pid = session?.backendPid ?? 0
  yield* context.postgres.query("select pg_terminate_backend($1::int)", [pid])
  const isGone = Effect.map(
    context.postgres.query("select 1 from pg_stat_activity where pid = $1::int", [pid]),
    (rows) => rows.length === 0,
  )
  yield* pollUntil(isGone, "5 seconds")
  context.count("backend ended")
})

/** Waits for the response to the cancel, or until the cancel waits for a lock of the held load. */
const cancel = Effect.fnUntraced(function* (context: RunContext, { job }: Target) {
  const responded = yield* Deferred.make<void>()
  yield* pollUntil(
    Effect.sync(() => job.entry() !== undefined),
    "5 seconds",
  )
  const entry = job.entry()
  if (entry === undefined) return
  yield* context.inBackground(
    `held cancel of ${entry.jobId}`,
    Effect.andThen(context.tracker.cancel(entry, true), Deferred.succeed(responded, undefined)),
  )
  const isBlockedOrDone = Effect.map(
    context.postgres.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where application_name = 'sluice' and wait_event_type = 'Lock'`,
    ),
    (rows) => Deferred.isDoneUnsafe(responded) || entry.cancel === "confirmed" || (rows[0]?.n ?? 0) > 0,
  )
  yield* pollUntil(isBlockedOrDone, "5 seconds")
})

/** Lasts until another attempt has started, or until one should have. */
const freeze = Effect.fnUntraced(function* (context: RunContext, { job, replica }: Target) {
  context.tracker.expectRetry("freeze past the lease", replica.name)
  context.count("freeze past the lease")
  context.tracker.expectDelay(16_000, replica.name)
  yield* replica.freeze
  const isTakenOver = Effect.map(
    context.postgres.query<{ again: boolean }>(
      `select retry_count > $2 or final_state is not null as again from sluice.job where id = $1`,
      [job.id(), job.entry()?.retryCount ?? 0],
    ),
    (rows) => rows[0]?.again === true,
  )
  yield* pollUntil(isTakenOver, "16 seconds")
  yield* replica.thaw
})

const faults: Record<StepFault, (context: RunContext, target: Target) => Effect.Effect<void>> = {
  "kill -9": kill,
  cut,
  "end backend": endBackend,
  cancel,
  "freeze past the lease": freeze,
  // The proxy itself drops the message.
  "lose data": (context) => Effect.sync(() => context.count("COPY data lost")),
}

/** Injects the fault while the load is held at its step. */
export const injectAtStep = (context: RunContext, fault: StepFault, target: Target): Effect.Effect<void> =>
  faults[fault](context, target)
