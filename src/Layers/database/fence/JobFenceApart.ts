import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { JobId } from "../../../Domain/job/Job.ts"
import { FenceUnavailable } from "../../../Domain/job/fence/FenceUnavailable.ts"
import { JobFence } from "../../../Domain/job/fence/JobFence.ts"
import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import { TargetDatabases } from "../jobs/TargetDatabases.ts"
import { tablesUnavailable } from "../jobs/TablesApart.ts"
import { orUnavailable } from "../postgres/Database.ts"
import { StartRefused } from "../postgres/StartRefused.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { type DeclaredTarget, declaredTargets } from "../../process/settings/declaredTargets.ts"
import { connectTarget } from "./connectTarget.ts"
import { startTargets } from "./startTargets.ts"

const lookUp = "find the database of a job"

const decodeTarget = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ target: Schema.NullOr(Schema.String), isGivenUp: Schema.Boolean })),
)

/** Each job's fence is in the database of its table. */
const layerFence = Layer.effect(
  JobFence,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { apart } = yield* TargetDatabases

    /** Nobody loads into a database that the operator has removed from the installation. */
    const targetOf = (jobId: JobId) =>
      sql`
        select target, not coalesce(target = any (targets), true) as "isGivenUp" from sluice.job cross join sluice.installation
        where job.id = ${jobId}`.pipe(
        Effect.map((rows) => decodeTarget(rows)[0]),
        Effect.map((found) => (found === undefined || found.isGivenUp ? null : found.target)),
        orUnavailable(lookUp),
        withTimeout(Duration.seconds(5), lookUp),
      )
    return JobFence.of({
      open: (claim, target) =>
        apart(target).pipe(
          Effect.mapError(tablesUnavailable),
          Effect.flatMap((fence) => fence?.open(claim) ?? Effect.void),
        ),
      responds: (target) =>
        apart(target).pipe(
          Effect.flatMap((fence) => fence?.responds ?? Effect.succeed(true)),
          Effect.orElseSucceed(() => false),
        ),
      cancel: (jobId) =>
        targetOf(jobId).pipe(
          Effect.flatMap(apart),
          Effect.flatMap((fence) => fence?.cancel(jobId) ?? Effect.void),
        ),
      revoke: (claim) =>
        targetOf(claim.jobId).pipe(
          Effect.flatMap(apart),
          Effect.flatMap((fence) => fence?.revoke(claim) ?? Effect.succeed(null)),
          Effect.mapError(({ message }) => new FenceUnavailable({ message })),
        ),
    })
  }),
)

/** Fails if other processes load into a database that this one lacks, because it would then fail their jobs. */
const requireTargets = (declared: ReadonlyArray<DeclaredTarget>) =>
  Effect.gen(function* () {
    const queue = yield* SqlClient.SqlClient
    const [found] = yield* queue<{ targets: ReadonlyArray<string> }>`select targets from sluice.installation`
    const missing = found?.targets.find((target) => !declared.some(({ name }) => name === target))
    if (missing === undefined) return
    const giveUp = `start with it, let its jobs end, stop the API and the workers, run this in the queue's database (with npm start: just before), and start all processes without it: update sluice.installation set targets = array_remove(targets, '${missing}')`
    return yield* new StartRefused({
      message:
        missing === defaultTarget
          ? `TARGET_DATABASE_URL is missing: the tables of this service are in another database. Give it as to the other processes. To make new tables in the queue's database, ${giveUp}`
          : `TARGET_DATABASES lacks ${missing}, which the other processes of this service have. Give it as to them. To give this database up, ${giveUp}`,
    })
  })

type Connected = ReturnType<typeof connectTarget>
type DefaultTarget = Layer.Layer<
  TargetDatabase,
  Layer.Error<Connected>,
  Layer.Services<Connected> | DatabaseServer
>

/**
 * The databases of loaded tables: the queue's own, unless `TARGET_DATABASE_URL` names another, and those of `TARGET_DATABASES`. The
 * fence of a job whose table is not with the queue is beside the table, as docs/decisions/0062-target-apart.md says.
 */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const declared = declaredTargets(yield* AppConfig)
    const main = declared.find(({ name }) => name === defaultTarget)
    const others = declared.filter((target) => target !== main)
    const required = Layer.effectDiscard(waitingForDatabase(requireTargets(declared)))
    const layerDefault: DefaultTarget = main === undefined ? TargetDatabase.layerOwn : connectTarget(main)
    const targets = startTargets(others).pipe(Layer.provideMerge(layerDefault), Layer.provideMerge(required))
    // Also without other databases, because a job can be of one that other processes have been given since.
    return Layer.provideMerge(layerFence, targets)
  }),
)
