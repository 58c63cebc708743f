import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { queueName } from "../queue/queueTable.ts"
import { attemptTablePattern, attemptTableSql, qualified, stagingSchema } from "../target/AttemptTable.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { TargetDatabases } from "../jobs/TargetDatabases.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { inTransaction } from "../postgres/Transaction.ts"

const stagingTables = (sql: SqlClient.SqlClient) => sql<{ name: string }>`
  select relname as name from pg_class
  where relnamespace = ${stagingSchema}::text::regnamespace and relkind = 'r'`

/** Tables of attempts whose claims no longer hold. The tables are read first, so that each was there while its claim held. */
const abandonedTables = Effect.gen(function* () {
  const queue = yield* SqlClient.SqlClient
  const { sql } = yield* TargetDatabase
  const staged = yield* sql<{ name: string }>`${stagingTables(sql)} and relname ~ ${attemptTablePattern}`
  if (staged.length === 0) return []
  return yield* queue<{ name: string }>`
    select relname as name from unnest(${staged.map(({ name }) => name)}::text[]) as staged (relname)
    where not exists (
      select from boss.job
      where job.name = ${queueName} and state = 'active' and relname = ${queue.literal(attemptTableSql("id", "retry_count"))}
    )`
})

/** A paused worker may still hold a lock on the table. Then the next sweep tries again. */
const drop = Effect.fnUntraced(
  function* (name: string) {
    const { sql } = yield* TargetDatabase
    const dropped = yield* inTransaction(
      sql,
      Effect.gen(function* () {
        yield* sql`set local lock_timeout = '500ms'`
        // Its load may have completed since then, which moves the table out of the staging schema.
        const [left] = yield* sql`${stagingTables(sql)} and relname = ${name}`
        if (left === undefined) return false
        yield* sql`drop table if exists ${sql.literal(qualified(stagingSchema, name))}`
        return true
      }),
    )
    if (!dropped) return
    yield* Effect.annotateLogs(Effect.logInfo("dropped a staging table of a crashed worker"), { table: name })
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
  for (const { name } of yield* abandonedTables) yield* drop(name)
})

const sweeping = Layer.effectDiscard(
  sweep().pipe(
    Effect.catchCause((cause) => Effect.logWarning("staging tables could not be swept", cause)),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.withTracerEnabled(false),
    Effect.forkScoped,
  ),
)

/** Runs at start and every minute, in each database. */
export const layer = Layer.effectDiscard(Effect.flatMap(TargetDatabases, ({ each }) => each(sweeping)))
