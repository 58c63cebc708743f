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
import { replicasHoldingLock, replicasLeaving } from "./replicaLock.ts"

const channel = "sluice"

/** Sent when the surrounding transaction commits, to all replicas: a job may be claimed. */
export const notifyReady = (sql: SqlClient.SqlClient) => sql`select pg_notify(${channel}, 'ready')`

/**
 * Signals that jobs may be claimed to as many replicas as there are jobs, those with the fewest claims first: more of them
 * would ask the queue in vain. A replica that is shutting down claims nothing. A full replica needs no signal, because it
 * claims whenever a load of it ends.
 */
export const notifyReplicas = (sql: SqlClient.SqlClient, jobs: number) => sql`
  select pg_notify(${channel}, 'ready ' || string_agg(replica::text, ','))
  from (
    select replica
    from (${sql.literal(replicasHoldingLock)}) as live left join (
      select replica, count(*) from sluice.claim group by replica
    ) as held using (replica)
    where replica not in (${sql.literal(replicasLeaving)})
    order by coalesce(held.count, 0), random()
    limit ${jobs}::bigint
  ) as chosen
  having count(*) > 0`

/** Sent when the surrounding transaction commits: the replica that runs the job must stop it. */
export const notifyCancelled = (sql: SqlClient.SqlClient, jobId: JobId) =>
  sql`select pg_notify(${channel}, ${`cancelled ${jobId}`})`

const decodeJobId = Schema.decodeUnknownOption(JobId)

/** @param replica this process's number; a process without one takes all signals */
const parse = (payload: string, replica: number | undefined): ReadonlyArray<QueueSignal> => {
  const [kind, replicas] = payload.split(" ")
  if (kind === "ready")
    return replicas === undefined || replica === undefined || replicas.split(",").includes(String(replica))
      ? [{ _tag: "JobReady" }]
      : []
  const jobId = decodeJobId(payload.replace(/^cancelled /, ""))
  return jobId._tag === "Some" ? [{ _tag: "JobCancelled", jobId: jobId.value }] : []
}

/**
 * Listens on one pinned connection; reconnects forever when it is lost.
 *
 * @param replica returns this process's number, if it has one
 */
export const signals = (
  client: PgClient.PgClient,
  replica: () => number | undefined,
): Stream.Stream<QueueSignal> => {
  const outage = OutageLog.make("not listening for the queue's signals")
  return Stream.unwrap(
    Effect.map(client.listen(channel), (notifications) =>
      Stream.concat(
        Stream.fromEffect(Effect.as(outage.succeeded, { _tag: "Listening" } as const)),
        Stream.fromQueue(notifications).pipe(
          Stream.map((notification) => parse(notification.payload, replica())),
          Stream.flattenIterable,
        ),
      ),
    ),
  ).pipe(
    Stream.catch((error) => Stream.fromEffectDrain(outage.failed(describeFailure(error)))),
    Stream.repeat(Schedule.spaced("500 millis")),
  )
}
