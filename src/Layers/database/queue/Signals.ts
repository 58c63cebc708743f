import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { JobId } from "../../../Domain/job/Job.ts"
import type { QueueSignal } from "../../../Domain/job/JobQueue.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { describeFailure } from "../../process/describeFailure.ts"

const channel = "sluice"

/** Sent when the surrounding transaction commits: a job may be claimed. */
export const notifyReady = (sql: SqlClient.SqlClient) => sql`select pg_notify(${channel}, 'ready')`

/** Sent when the surrounding transaction commits: the replica that runs the job must stop it. */
export const notifyCancelled = (sql: SqlClient.SqlClient, jobId: JobId) =>
  sql`select pg_notify(${channel}, ${`cancelled ${jobId}`})`

const decodeJobId = Schema.decodeUnknownOption(JobId)

const parse = (payload: string): ReadonlyArray<QueueSignal> => {
  if (payload === "ready") return [{ _tag: "JobReady" }]
  const jobId = decodeJobId(payload.replace(/^cancelled /, ""))
  return jobId._tag === "Some" ? [{ _tag: "JobCancelled", jobId: jobId.value }] : []
}

/** Listens on one pinned connection; reconnects forever when it is lost. */
export const signals = (client: PgClient.PgClient): Stream.Stream<QueueSignal> => {
  const outage = OutageLog.make("not listening for the queue's signals")
  return Stream.unwrap(
    Effect.map(client.listen(channel), (notifications) =>
      Stream.concat(
        Stream.fromEffect(Effect.as(outage.succeeded, { _tag: "Listening" } as const)),
        Stream.fromQueue(notifications).pipe(
          Stream.map((notification) => parse(notification.payload)),
          Stream.flattenIterable,
        ),
      ),
    ),
  ).pipe(
    Stream.catch((error) => Stream.fromEffectDrain(outage.failed(describeFailure(error)))),
    Stream.repeat(Schedule.spaced("500 millis")),
  )
}
