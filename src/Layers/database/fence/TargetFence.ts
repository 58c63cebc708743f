import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { ClaimLost } from "../../../Domain/job/CopySink.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { FenceState } from "../../../Domain/job/fence/JobFence.ts"
import { JobQueue } from "../../../Domain/job/JobQueue.ts"
import { JobChanges } from "../../../Domain/job/changes/JobChanges.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import * as JobEnding from "../jobs/ending/JobEnding.ts"
import { belongsToOthers, forgetTables } from "../jobs/LoadedTables.ts"
import { orUnusable } from "../jobs/orUnusable.ts"
import { type TablesApart, tablesUnavailable } from "../jobs/TablesApart.ts"
import { notResponding } from "../jobs/TargetDatabases.ts"
import { Fleet } from "../liveness/Fleet.ts"
import { RespondingTargets } from "../liveness/RespondingTargets.ts"
import { fleetInterval } from "../liveness/fleetInterval.ts"
import { orUnavailable } from "../postgres/Database.ts"
import { run, type Statement } from "../postgres/Statement.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { exists, named } from "../target/reservation.ts"
import * as FenceStatements from "./FenceStatements.ts"
import { type Databases, settleDone } from "./settleJob.ts"

/** Rejects are copied meanwhile. */
const settleTimeout = Duration.seconds(25)
const statementTimeout = Duration.seconds(5)
/** A request waits, and maybe others that wait for its caller's limits. */
const askTimeout = Duration.seconds(2)

/** The end of a load settles its job by itself. What is left after this time was left by a process that died. */
const sweepAge = Duration.seconds(30)
/** Times between two sweeps, which the processes of a fleet share. They also show whether the database responds. */
const sweeps = { least: Duration.seconds(5), ofProcess: Duration.seconds(10), most: Duration.seconds(30) }
/** The same while it does not respond, because jobs wait until a process of their own finds that it does. */
const sweepsOfOutage = { ...sweeps, least: Duration.millis(500), ofProcess: Duration.seconds(2) }
/** Longer than any attempt. */
const leastRetention = Duration.days(2)

const inBackground = (task: Effect.Effect<unknown>) =>
  Effect.forkScoped(Effect.withTracerEnabled(task, false))

/**
 * The fence of jobs with tables in a database, and what else is asked there.
 *
 * @param name as jobs record it
 */
export const make = Effect.fnUntraced(function* (name: string) {
  const databases: Databases = { queue: yield* SqlClient.SqlClient, tables: (yield* TargetDatabase).sql }
  const { queue, tables } = databases
  const jobQueue = yield* JobQueue
  const changes = yield* JobChanges
  const fleet = yield* Fleet
  const outage = OutageLog.make("a database for tables does not respond")
  const responding = yield* RespondingTargets
  // It has responded before.
  responding.names.add(name)

  const responded = Effect.suspend(() => {
    responding.names.add(name)
    return outage.succeeded
  })
  const responds = tables`select 1`.pipe(
    withTimeout(askTimeout, "look whether a database responds"),
    Effect.tap(responded),
    Effect.tapError((failure) =>
      Effect.suspend(() => {
        responding.names.delete(name)
        return outage.failed({ target: name, ...describeFailure(failure) })
      }),
    ),
    Effect.isSuccess,
  )

  const settleCancelled = Effect.fnUntraced(function* (jobId: JobId) {
    const cancelling = Effect.gen(function* () {
      if (yield* jobQueue.cancel(jobId)) yield* run(queue, JobEnding.cancelled(jobId))
    })
    yield* inTransaction(queue, cancelling)
    yield* run(tables, FenceStatements.settled(jobId))
  })

  /** The queue follows what the fence says of the job. */
  const follow = Effect.fnUntraced(
    function* (jobId: JobId, state: FenceState) {
      if (state === null) return
      yield* state === "done" ? settleDone(databases, jobId) : settleCancelled(jobId)
      yield* changes.announce(jobId)
    },
    orUnavailable("settle a job"),
    withTimeout(settleTimeout, "settle a job"),
  )

  const firstRow = (operation: string, statement: Statement, limit: Duration.Duration) =>
    run(tables, statement).pipe(
      Effect.map(([row]) => row),
      orUnusable(name),
      orUnavailable(operation),
      withTimeout(limit, operation),
      Effect.mapError((error) => (error.detail === undefined ? notResponding(name, error.message) : error)),
    )

  const fenceRow = (operation: string, statement: Statement) =>
    Effect.map(firstRow(operation, statement, statementTimeout), FenceStatements.decodeRow)

  /** What one row with a boolean says of a table. */
  const ask = (statement: Statement) =>
    Effect.map(
      firstRow("look for a table", statement, askTimeout),
      (row) => Object.values(row ?? {})[0] === true,
    )

  const open = Effect.fn("JobFence.open")(
    function* (claim: Claim) {
      const { jobId, retryCount } = claim
      const [facts] = yield* queue<Parameters<typeof FenceStatements.raise>[1]>`
        select owner, target_schema, table_name, shown_url, other_urls from sluice.job where id = ${jobId}`.pipe(
        orUnavailable("find a job"),
        withTimeout(statementTimeout, "find a job"),
      )
      if (facts === undefined) return yield* new ClaimLost({ jobId })
      const { epoch, state } = yield* fenceRow("begin an attempt", FenceStatements.raise(claim, facts))
      yield* follow(jobId, state)
      return state === null && epoch === retryCount ? undefined : yield* new ClaimLost({ jobId })
    },
    Effect.catchTag("ServiceUnavailable", tablesUnavailable),
  )

  const cancel = Effect.fn("JobFence.cancel")(function* (jobId: JobId) {
    const { state } = yield* fenceRow("cancel a job", FenceStatements.cancel(jobId))
    if (state === "done") yield* follow(jobId, state)
  })

  const revoke = Effect.fn("JobFence.revoke")(function* (claim: Claim) {
    const { state } = yield* fenceRow("end an attempt", FenceStatements.revoke(claim))
    yield* follow(claim.jobId, state)
    return state
  })

  /** Jobs to settle; `null` if the database does not respond. Fails if it responds and the statement fails, for lack of a right, say. */
  const findUnsettled = run(tables, FenceStatements.unsettled(Duration.toSeconds(sweepAge))).pipe(
    withTimeout(statementTimeout, "look for jobs to settle"),
    Effect.tap(responded),
    Effect.map(FenceStatements.decodeUnsettled),
    Effect.catch((failure) =>
      Effect.flatMap(responds, (responds) => (responds ? Effect.fail(failure) : Effect.succeed(null))),
    ),
  )

  const settling = OutageLog.make("jobs cannot be settled")
  const notSettled = (failure: unknown) => settling.failed({ target: name, ...describeFailure(failure) })

  /** Settles the jobs whose processes died between the end of the load and that of the job. */
  const sweep = Effect.gen(function* () {
    const found = yield* findUnsettled
    if (found === null) return
    for (const { jobId, state } of found) {
      yield* follow(jobId, state)
      yield* Metrics.count("sluice.jobs.settled_later", {})
      yield* Effect.annotateLogs(
        Effect.logInfo("a process stopped before it recorded the end of a job, which is now recorded"),
        { job_id: jobId, target: name, state: state === "done" ? "completed" : state },
      )
    }
    yield* settling.succeeded
  }).pipe(Effect.catch(notSettled), Effect.catchDefect(notSettled))

  const { jobRetention } = yield* AppConfig
  const forget = run(
    tables,
    FenceStatements.removeOld(Duration.toSeconds(Duration.max(jobRetention, leastRetention))),
  ).pipe(
    Effect.andThen(run(tables, forgetTables)),
    Effect.catch((error) =>
      Effect.annotateLogs(Effect.logWarning("old fences cannot be removed"), describeFailure(error)),
    ),
  )
  yield* Metrics.startAtZero("sluice.jobs.settled_later")
  const pause = Effect.flatMap(Random.next, (random) =>
    Effect.sleep(fleetInterval(responding.names.has(name) ? sweeps : sweepsOfOutage, fleet.workers, random)),
  )
  yield* inBackground(Effect.forever(Effect.andThen(sweep, pause)))
  if (Duration.isFinite(jobRetention))
    yield* inBackground(Effect.repeat(forget, Schedule.spaced(Duration.hours(1))))
  return {
    name,
    responds,
    fence: FenceStatements.finish,
    open,
    cancel,
    revoke,
    settle: (jobId) => follow(jobId, "done"),
    exists: (schema, table) =>
      ask({ text: `select ${exists("$1::text", "$2::text")}`, parameters: [schema, table] }),
    isLoaded: (schema, table, { appends, by, oid }) =>
      ask({
        text: `select ${named("$1::text", "$2::text")}::oid = $3::bigint::oid and exists (
            select from sluice.loaded_table where schema_name = $1 and table_name = $2 and ($4::boolean or job_id = $5::uuid)
          ) as is_loaded`,
        parameters: [schema, table, oid, appends, by],
      }),
    isOfOthers: (schema, table, owner) => ask(belongsToOthers(schema, table, owner)),
  } satisfies TablesApart
})
