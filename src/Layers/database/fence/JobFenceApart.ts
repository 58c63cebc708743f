import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { ClaimLost } from "../../../Domain/job/CopySink.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import { FenceUnavailable } from "../../../Domain/job/fence/FenceUnavailable.ts"
import { type FenceState, JobFence } from "../../../Domain/job/fence/JobFence.ts"
import { JobQueue } from "../../../Domain/job/JobQueue.ts"
import { JobChanges } from "../../../Domain/job/changes/JobChanges.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import * as JobEnding from "../jobs/JobEnding.ts"
import { belongsToOthers, forgetTables } from "../jobs/LoadedTables.ts"
import { TablesApart, tablesUnavailable } from "../jobs/TablesApart.ts"
import { migrateTarget } from "../migrations/TargetMigrations.ts"
import { openPool, orUnavailable } from "../postgres/Database.ts"
import { StartRefused } from "../postgres/StartRefused.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { run } from "../postgres/Statement.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { exists, named } from "../target/reservation.ts"
import * as FenceStatements from "./FenceStatements.ts"
import { type Databases, settleDone } from "./settleJob.ts"

/** The name of the database in `TARGET_DATABASE_URL`. */
const targetName = "default"

/** For fences, and for what is asked about tables. Loads and readers have connections of their own. */
const maxConnections = 5

/** Rejects are copied meanwhile. */
const settleTimeout = Duration.seconds(25)
const statementTimeout = Duration.seconds(5)

/** The end of a load settles its job by itself. What is left after this time was left by a process that died. */
const sweepAge = Duration.seconds(30)
const sweepInterval = Duration.seconds(10)
/** Longer than any attempt. */
const leastRetention = Duration.days(2)

const every = (task: Effect.Effect<unknown>, interval: Duration.Duration) =>
  task.pipe(Effect.repeat(Schedule.spaced(interval)), Effect.withTracerEnabled(false), Effect.forkScoped)

const make = Effect.gen(function* () {
  const databases: Databases = { queue: yield* SqlClient.SqlClient, tables: (yield* TargetDatabase).sql }
  const { queue, tables } = databases
  const jobQueue = yield* JobQueue
  const changes = yield* JobChanges

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

  const fenceRow = (operation: string, statement: ReturnType<typeof FenceStatements.cancel>) =>
    run(tables, statement).pipe(
      Effect.map(([row]) => FenceStatements.decodeRow(row)),
      orUnavailable(operation),
      withTimeout(statementTimeout, operation),
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

  const revoke = Effect.fn("JobFence.revoke")(
    function* (claim: Claim) {
      const { state } = yield* fenceRow("end an attempt", FenceStatements.revoke(claim))
      yield* follow(claim.jobId, state)
      return state
    },
    Effect.mapError(({ message }) => new FenceUnavailable({ message })),
  )

  /** Settles the jobs whose processes died between the end of the load and that of the job. */
  const sweep = Effect.gen(function* () {
    const left = yield* run(tables, FenceStatements.unsettled(Duration.toSeconds(sweepAge)))
    for (const { jobId, state } of FenceStatements.decodeUnsettled(left)) {
      yield* follow(jobId, state)
      yield* Metrics.count("sluice.jobs.settled_later", {})
      yield* Effect.annotateLogs(Effect.logInfo("settled a job that its process had left behind"), {
        job_id: jobId,
        state,
      })
    }
  }).pipe(
    Effect.catch((error) =>
      Effect.annotateLogs(Effect.logWarning("jobs cannot be settled"), describeFailure(error)),
    ),
  )

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
  yield* every(sweep, sweepInterval)
  if (Duration.isFinite(jobRetention)) yield* every(forget, Duration.hours(1))
  const apart = TablesApart.of({
    name: targetName,
    fence: FenceStatements.finish,
    settle: (jobId) => follow(jobId, "done"),
    exists: (schema, table) =>
      Effect.map(
        tables.unsafe<{ exists: boolean }>(`select ${exists("$1::text", "$2::text")} as exists`, [
          schema,
          table,
        ]),
        ([found]) => found?.exists === true,
      ),
    isLoaded: (schema, table, { appends, by, oid }) =>
      Effect.map(
        tables.unsafe<{ is_loaded: boolean | null }>(
          `select ${named("$1::text", "$2::text")}::oid = $3::bigint::oid and exists (
            select from sluice.loaded_table where schema_name = $1 and table_name = $2 and ($4::boolean or job_id = $5::uuid)
          ) as is_loaded`,
          [schema, table, oid, appends, by],
        ),
        ([found]) => found?.is_loaded === true,
      ),
    isOfOthers: (schema, table, owner) =>
      Effect.map(
        run(tables, belongsToOthers(schema, table, owner)),
        ([found]) => found?.["of_others"] === true,
      ),
  })
  return Context.make(JobFence, JobFence.of({ open, cancel, revoke })).pipe(Context.add(TablesApart, apart))
})

/** The database of the tables from its connection string, prepared for this installation. */
const layerTarget = (url: Redacted.Redacted) =>
  Layer.effect(
    TargetDatabase,
    Effect.gen(function* () {
      const queue = yield* SqlClient.SqlClient
      const { targetSchema } = yield* AppConfig
      const server = yield* DatabaseServer
      const sql = yield* openPool(server, { applicationName: "sluice", maxConnections })
      const [found] = yield* waitingForDatabase(queue<{ id: string }>`select id from sluice.installation`)
      yield* waitingForDatabase(
        Effect.provideService(migrateTarget(found?.id ?? "", targetSchema), SqlClient.SqlClient, sql),
      )
      yield* waitingForDatabase(
        queue`update sluice.installation set tables_apart = true where not tables_apart`,
      )
      return TargetDatabase.of({ sql, server })
    }),
  ).pipe(Layer.provide([DatabaseServer.layerUrl(url, "TARGET_DATABASE_URL"), Reactivity.layer]))

/** Fails if the other processes load into another database, because this one would then fail their jobs. */
const requireOneDatabase = Effect.gen(function* () {
  const queue = yield* SqlClient.SqlClient
  const [found] = yield* queue<{ apart: boolean }>`select tables_apart as apart from sluice.installation`
  if (found?.apart === true)
    return yield* new StartRefused({
      message:
        "TARGET_DATABASE_URL is missing: the tables of this service are in another database. Give it as to the other processes. " +
        "To make new tables in the queue's database: update sluice.installation set tables_apart = false",
    })
})

const layerTogether = Layer.merge(
  TargetDatabase.layerOwn,
  Layer.effectDiscard(Effect.suspend(() => waitingForDatabase(requireOneDatabase))),
)

const layerApart = (url: Redacted.Redacted) =>
  Layer.effectContext(make).pipe(Layer.provideMerge(layerTarget(url)))
type Apart = ReturnType<typeof layerApart>

/**
 * The database of the loaded tables: the queue's own, unless `TARGET_DATABASE_URL` names another. Then the fence of each job is there, as
 * docs/decisions/0062-target-apart.md says.
 */
export const layer = Layer.unwrap(
  Effect.gen(function* (): Effect.fn.Return<
    Layer.Layer<TargetDatabase, Layer.Error<Apart>, Layer.Services<Apart> | DatabaseServer>,
    never,
    AppConfig
  > {
    const { targetDatabaseUrl } = yield* AppConfig
    return Option.isNone(targetDatabaseUrl) ? layerTogether : layerApart(targetDatabaseUrl.value)
  }),
)
