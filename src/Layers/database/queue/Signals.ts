import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { JobId } from "../../../Domain/job/Job.ts"
import type { QueueSignal } from "../../../Domain/job/JobQueue.ts"
import { describeFailure } from "../../process/describeFailure.ts"

const channel = "sluice"

/** Sent when the surrounding transaction commits: a job may be claimed. */
export const notifyReady = (sql: SqlClient.SqlClient) => sql`select pg_notify(${channel}, 'ready')`

/** Sent when the surrounding transaction commits: whoever runs the job must stop. */
export const notifyCancelled = (sql: SqlClient.SqlClient, jobId: JobId) =>
  sql`select pg_notify(${channel}, ${`cancelled ${jobId}`})`

const decodeJobId = Schema.decodeUnknownOption(JobId)

const parse = (payload: string): ReadonlyArray<QueueSignal> => {
  if (payload === "ready") return [{ _tag: "JobReady" }]
  const jobId = decodeJobId(payload.replace(/^cancelled /, ""))
  return jobId._tag === "Some" ? [{ _tag: "JobCancelled", jobId: jobId.value }] : []
}

/** Listens on one pinned connection; opens it anew, for ever, when it is lost. */
export const signals = (client: PgClient.PgClient): Stream.Stream<QueueSignal> => {
  let isLost = false
  const listening = Effect.suspend(() => {
    const line = isLost ? Effect.logInfo("the line to the queue's signals is back") : Effect.void
    isLost = false
    return Effect.as(line, { _tag: "Listening" } as const)
  })
  const lost = (error: SqlError) =>
    Effect.suspend(() => {
      const message = "lost the line to the queue's signals"
      const line = isLost ? Effect.logDebug(message) : Effect.logWarning(message)
      isLost = true
      return Effect.annotateLogs(line, describeFailure(error))
    })
  return Stream.unwrap(
    Effect.map(client.listen(channel), (notifications) =>
      Stream.concat(
        Stream.fromEffect(listening),
        Stream.fromQueue(notifications).pipe(
          Stream.map((notification) => parse(notification.payload)),
          Stream.flattenIterable,
        ),
      ),
    ),
  ).pipe(
    Stream.catch((error) => Stream.fromEffectDrain(lost(error))),
    Stream.repeat(Schedule.spaced("500 millis")),
  )
}
