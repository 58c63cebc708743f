import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { JobId } from "../../../Domain/job/Job.ts"
import type { QueueSignal } from "../../../Domain/job/JobQueue.ts"
import { channel, type Notification } from "./Notifications.ts"
import { replicasClaiming } from "./replicaLock.ts"

/**
 * The signal that jobs may be claimed, to as many replicas as there are jobs, those with free slots and the fewest claims first: more
 * of them would ask the queue in vain. A replica that is shutting down claims nothing. A full replica needs no signal, because it
 * claims whenever a load of it ends.
 */
const readyPayload = (sql: SqlClient.SqlClient, jobs: number) => sql`
  select 'ready ' || string_agg(replica::text, ',') as payload
  from (
    select replica
    from (${sql.literal(replicasClaiming)}) as live left join (
      select replica, count(*) from sluice.claim group by replica
    ) as held using (replica) left join sluice.worker using (replica)
    order by coalesce(held.count >= worker.slots, false), coalesce(held.count, 0), random()
    limit ${jobs}::bigint
  ) as chosen
  having count(*) > 0`

/** A notification has at most 8,000 bytes. */
const maxIds = 200

const changedPrefix = "changed "

/** The signal that jobs have changed. */
const changedPayloads = (sql: SqlClient.SqlClient, jobIds: ReadonlyArray<JobId>) => {
  const payloads = Arr.chunksOf(jobIds, maxIds).map((some) => changedPrefix + some.join(","))
  return sql`select payload from jsonb_array_elements_text(${JSON.stringify(payloads)}::text::jsonb) as payload`
}

/** Signals new jobs and changed ones, in one statement. */
export const notifyAll = (sql: SqlClient.SqlClient, ready: number, changed: ReadonlyArray<JobId>) => {
  const payloads = [
    ...(ready === 0 ? [] : [readyPayload(sql, ready)]),
    ...(changed.length === 0 ? [] : [changedPayloads(sql, changed)]),
  ]
  return payloads.length === 0
    ? Effect.succeed([])
    : sql`select pg_notify(${channel}, payload) from (${sql.join(" union all ", false)(payloads)}) as signal`
}

/** The jobs whose change a notification signals; `null` if it signals something else. */
export const changedIn = (payload: string): ReadonlySet<JobId> | null =>
  payload.startsWith(changedPrefix)
    ? new Set(payload.slice(changedPrefix.length).split(",").filter(Schema.is(JobId)))
    : null

/** Sent when the surrounding transaction commits, to one replica: a job may be claimed. */
export const notifyReady = (sql: SqlClient.SqlClient) => notifyAll(sql, 1, [])

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
 * The signals among the notifications.
 *
 * @param replica returns this process's number, if it has one
 */
export const signals = (
  received: Stream.Stream<Notification>,
  replica: () => number | undefined,
): Stream.Stream<QueueSignal> =>
  received.pipe(
    Stream.map((notification) =>
      notification._tag === "Listening" ? [notification] : parse(notification.payload, replica()),
    ),
    Stream.flattenIterable,
  )
