import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { JobId } from "../../../Domain/job/Job.ts"
import { JobState } from "../../../Domain/job/JobState.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { run } from "../postgres/Statement.ts"
import * as JobEnding from "./JobEnding.ts"
import * as JobStatements from "./JobStatements.ts"

/** Jobs per statement, to hold locks only briefly. */
const batchSize = 1000

/**
 * Removes the records and rejects of jobs that ended longer ago than `retention`; an infinite `retention` keeps all.
 * Loaded tables stay: they belong to the user.
 */
export const removeOld = Effect.fn("JobRetention.removeOld")(function* (retention: Duration.Duration) {
  if (!Duration.isFinite(retention)) return
  const sql = yield* SqlClient.SqlClient
  let removed = 0
  let some: number
  do {
    some = (yield* run(sql, JobStatements.removeOld(Duration.toSeconds(retention), batchSize))).length
    removed += some
  } while (some === batchSize)
  if (removed > 0)
    yield* Effect.annotateLogs(Effect.logInfo("removed old job records"), {
      jobs: removed,
      retention: Duration.format(retention),
    })
})

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
  yield* Effect.forEach(found, ({ id, state }) => run(sql, JobEnding.endedByQueue(id, state)), {
    discard: true,
  })
})

/** Runs at start and every hour. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { jobRetention } = yield* AppConfig
    yield* endLeftBehind().pipe(
      Effect.andThen(removeOld(jobRetention)),
      Effect.catchCause((cause) => Effect.logWarning("could not remove old job records", cause)),
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
  }),
)
