import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { JobId } from "../../../Domain/job/Job.ts"
import { JobState } from "../../../Domain/job/JobState.ts"
import { shownRuns } from "../../../Domain/refresh/RefreshedSource.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { run, type Statement, statement } from "../postgres/Statement.ts"
import { queueName } from "../queue/queueTable.ts"
import { endByQueue } from "./ending/endByQueue.ts"
import { forgetTables } from "./LoadedTables.ts"
import { forgetReceivers, makeLeftBehindDue } from "./WebhookStatements.ts"

/** Jobs per statement, to hold locks only briefly. */
const batchSize = 1000

/** A source that is looked at every minute has hundreds of runs a day that say nothing new. */
const unchangedRetention = Duration.days(1)

/**
 * SQL: whether the job is a run that found its file unchanged, except the latest runs of each source, which its owner sees, and
 * those whose end has not been reported.
 */
const isOldUnchangedRun = `unchanged and not exists (
  select from sluice.webhook where webhook.job_id = job.id and webhook.state = 'pending'
) and exists (
  select from sluice.job as newer where newer.source_id = job.source_id and newer.created_at > job.created_at
  offset ${shownRuns - 1}
)`

/**
 * Removes up to `batchSize` jobs that ended more than `age` ago and meet the condition; returns their ids. Skips records that
 * someone has locked: the next run removes them.
 */
const removeBatch = (age: Duration.Duration, condition: string): Statement => ({
  text: `
    with old as (
      select id from sluice.job
      where final_state is not null and finished_at < now() - make_interval(secs => $1) and ${condition}
      order by finished_at limit $2 for update skip locked
    ), removed as (
      delete from sluice.job using old where job.id = old.id
    ), rejects as (
      delete from sluice.reject using old where job_id = old.id
    ), skipped as (
      delete from sluice.skipped_line using old where job_id = old.id
    ), webhooks as (
      delete from sluice.webhook using old where job_id = old.id
    )
    select id from old`,
  parameters: [Duration.toSeconds(age), batchSize],
})

const removeAll = Effect.fnUntraced(function* (age: Duration.Duration, condition: string) {
  const sql = yield* SqlClient.SqlClient
  let removed = 0
  let some: number
  do {
    some = (yield* run(sql, removeBatch(age, condition))).length
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
    (yield* removeAll(retention, "true")) +
    (yield* removeAll(Duration.min(retention, unchangedRetention), isOldUnchangedRun))
  if (removed > 0)
    yield* Effect.annotateLogs(Effect.logInfo("removed old job records"), {
      jobs: removed,
      retention: Duration.format(retention),
    })
})

/** One failure does not keep the rest from being cleaned up. The next run tries again. */
const logFailure = <E, R>(task: Effect.Effect<void, E, R>) =>
  Effect.catchCause(task, (cause) => Effect.logWarning("could not clean up job records", cause))

/**
 * Jobs that have ended in pg-boss, or are missing there, while their records have not. Both tables are read in one
 * snapshot, so a job whose own ending commits meanwhile is not among them.
 */
const endedInQueueAlone = statement`
  select job.id, queued.state
  from sluice.job left join boss.job as queued on queued.name = ${queueName} and queued.id = job.id
  where final_state is null and (queued.id is null or queued.state >= 'completed')`

const decodeEnded = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ id: JobId, state: Schema.NullOr(JobState) })),
)

/**
 * Ends the records of jobs that ended in the queue only. `Jobs.find` does this for the job it finds. The others would
 * keep their table's name, and the secrets in their URL, forever.
 */
export const endLeftBehind = Effect.fn("JobRetention.endLeftBehind")(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = decodeEnded(yield* run(sql, endedInQueueAlone))
  yield* Effect.forEach(
    found,
    ({ id, state }) => logFailure(endByQueue(sql, id, state)).pipe(Effect.annotateLogs({ job_id: id })),
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

/** A caller whose share is not ahead of the virtual time is as a new one, and a host whose pause is over as any other. */
const forgetShares = Effect.fn("JobRetention.forgetShares")(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`delete from sluice.caller_share where given <= (select last_value from sluice.virtual_time)`
  yield* sql`delete from sluice.held_host where held_until < now()`
})

const forgetUnused = Effect.fn("JobRetention.forgetReceivers")(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* run(sql, forgetReceivers)
})

/**
 * Ends the records that are left behind, makes the notifications due that are, and removes old records, those of tables that
 * are gone, and receivers of notifications that no source has.
 */
export const cleanUp = (retention: Duration.Duration) =>
  Effect.forEach(
    [
      endLeftBehind(),
      notifyLeftBehind(),
      removeOld(retention),
      forgetDropped(),
      forgetUnused(),
      forgetShares(),
    ],
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
