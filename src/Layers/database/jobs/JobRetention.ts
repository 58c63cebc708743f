import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { JobId } from "../../../Domain/job/Job.ts"
import { JobState } from "../../../Domain/job/JobState.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { run, type Statement } from "../postgres/Statement.ts"
import * as JobEnding from "./JobEnding.ts"
import * as JobStatements from "./JobStatements.ts"
import { forgetTables } from "./LoadedTables.ts"
import { makeLeftBehindDue } from "./WebhookStatements.ts"

/** Jobs per statement, to hold locks only briefly. */
const batchSize = 1000

/** A source that is looked at every minute has hundreds of runs a day that say nothing new. */
const unchangedRetention = Duration.days(1)

const removeAll = Effect.fnUntraced(function* (
  statementFor: (seconds: number, limit: number) => Statement,
  age: Duration.Duration,
) {
  const sql = yield* SqlClient.SqlClient
  let removed = 0
  let some: number
  do {
    some = (yield* run(sql, statementFor(Duration.toSeconds(age), batchSize))).length
    removed += some
  } while (some === batchSize)
  return removed
})

/**
 * Removes the records, rejects and skipped lines of jobs that ended longer ago than `retention`, and of unchanged runs after a
 * day, except the latest of each source; an infinite `retention` keeps all. Loaded tables stay: they belong to the user.
 */
export const removeOld = Effect.fn("JobRetention.removeOld")(function* (retention: Duration.Duration) {
  if (!Duration.isFinite(retention)) return
  const removed =
    (yield* removeAll(JobStatements.removeOld, retention)) +
    (yield* removeAll(JobStatements.removeUnchanged, Duration.min(retention, unchangedRetention)))
  if (removed > 0)
    yield* Effect.annotateLogs(Effect.logInfo("removed old job records"), {
      jobs: removed,
      retention: Duration.format(retention),
    })
})

/** One failure does not keep the rest from being cleaned up. The next run tries again. */
const logFailure = <E, R>(task: Effect.Effect<void, E, R>) =>
  Effect.catchCause(task, (cause) => Effect.logWarning("could not clean up job records", cause))

const decodeEnded = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ id: JobId, state: Schema.NullOr(JobState) })),
)

/**
 * Ends the records of jobs that ended in the queue only. `Jobs.find` does this for the job it finds. The others would
 * keep their table's name, and the secrets in their URL, forever.
 */
export const endLeftBehind = Effect.fn("JobRetention.endLeftBehind")(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = decodeEnded(yield* run(sql, JobStatements.endedInQueueAlone))
  yield* Effect.forEach(
    found,
    ({ id, state }) =>
      logFailure(Effect.asVoid(run(sql, JobEnding.endedByQueue(id, state)))).pipe(
        Effect.annotateLogs({ job_id: id }),
      ),
    { discard: true },
  )
})

const forgetDropped = Effect.fn("JobRetention.forgetDropped")(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* run(sql, forgetTables)
})

const notifyLeftBehind = Effect.fn("JobRetention.notifyLeftBehind")(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* run(sql, makeLeftBehindDue)
})

/**
 * Ends the records that are left behind, makes the notifications due that are, and removes old records and those of tables that
 * are gone.
 */
export const cleanUp = (retention: Duration.Duration) =>
  Effect.forEach(
    [endLeftBehind(), notifyLeftBehind(), removeOld(retention), forgetDropped()],
    (task) => logFailure(task),
    { discard: true },
  )

/** Runs at start and every hour. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { jobRetention } = yield* AppConfig
    yield* cleanUp(jobRetention).pipe(
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
  }),
)
