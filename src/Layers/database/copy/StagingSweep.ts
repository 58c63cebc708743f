import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { PgBossClient, queueName } from "../queue/PgBossClient.ts"
import { attemptTablePattern, claimOf, stagingSchema } from "../target/AttemptTable.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { inTransaction } from "../postgres/Transaction.ts"

const isHeld = Effect.fnUntraced(function* (claim: Claim) {
  const boss = yield* PgBossClient
  const [job] = yield* Effect.tryPromise({
    try: () => boss.findJobs(queueName, { id: claim.jobId }),
    catch: (cause) => unavailable("look for a claim", cause),
  })
  return job?.state === "active" && job.retryCount === claim.retryCount
})

/** The staging tables whose names match the `like` pattern. */
const withName = (sql: SqlClient.SqlClient, pattern: string) => sql<{ name: string }>`
  select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where nspname = ${stagingSchema} and relkind = 'r' and relname like ${pattern}`

/** A paused worker may still hold a lock on the table. Then the next sweep tries again. */
const drop = Effect.fnUntraced(
  function* (name: string) {
    const sql = yield* SqlClient.SqlClient
    const dropped = yield* inTransaction(
      sql,
      Effect.gen(function* () {
        yield* sql`set local lock_timeout = '500ms'`
        // Its load may have completed since then, which moves the table out of the staging schema.
        const [left] = yield* withName(sql, name)
        if (left === undefined) return false
        yield* sql`drop table if exists ${sql(stagingSchema)}.${sql(name)}`
        return true
      }),
    )
    if (!dropped) return
    yield* Effect.logInfo("dropped a staging table of a crashed worker").pipe(
      Effect.annotateLogs({ table: name }),
    )
  },
  (effect, name) =>
    Effect.catchTag(effect, "SqlError", (error) =>
      Effect.annotateLogs(Effect.logInfo("a staging table cannot be dropped yet"), {
        table: name,
        ...describeFailure(error),
      }),
    ),
)

/** Drops the staging tables of attempts whose claims no longer hold. */
export const sweep = Effect.fn("StagingSweep.sweep")(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* withName(sql, attemptTablePattern)
  for (const { name } of tables) {
    const claim = claimOf(name)
    if (Option.isSome(claim) && !(yield* isHeld(claim.value))) yield* drop(name)
  }
})

/** Runs at start and every minute. */
export const layer = Layer.effectDiscard(
  sweep().pipe(
    Effect.catchCause((cause) => Effect.logWarning("staging tables could not be swept", cause)),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.withTracerEnabled(false),
    Effect.forkScoped,
  ),
)
