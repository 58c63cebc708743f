import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { AppConfig } from "../../process/AppConfig.ts"

/** Jobs of one statement: few enough that it holds no locks for long. */
const batchSize = 1000

/** One statement's worth; answers how many jobs it was. A record that somebody holds is left for the next time. */
const removeSome = Effect.fnUntraced(function* (retention: Duration.Duration) {
  const sql = yield* SqlClient.SqlClient
  const removed = yield* sql`
    with old as (
      select id from sluice.job
      where final_state is not null and finished_at < now() - make_interval(secs => ${Duration.toSeconds(retention)})
      order by finished_at limit ${batchSize} for update skip locked
    ), rejects as (
      delete from sluice.reject using old where job_id = old.id
    )
    delete from sluice.job using old where job.id = old.id returning 1`
  return removed.length
})

/**
 * Removes the records of jobs that ended longer ago than `retention`, with their rejected records. The tables they
 * made are their owners' and stay. An infinite `retention` keeps all.
 */
export const removeOld = Effect.fn("JobRetention.removeOld")(function* (retention: Duration.Duration) {
  if (!Duration.isFinite(retention)) return
  let removed = 0
  let some: number
  do {
    some = yield* removeSome(retention)
    removed += some
  } while (some === batchSize)
  if (removed > 0)
    yield* Effect.logInfo("removed the records of jobs that ended long ago").pipe(
      Effect.annotateLogs({ jobs: removed, retention: Duration.format(retention) }),
    )
})

/** Looks at start and every hour. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { jobRetention } = yield* AppConfig
    yield* removeOld(jobRetention).pipe(
      Effect.catchCause((cause) => Effect.logWarning("old records of jobs could not be removed", cause)),
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
  }),
)
