import type * as SqlClient from "effect/sql/SqlClient"
import type { Client } from "pg"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { JobId } from "../../../Domain/job/Job.ts"

/** First key of the advisory locks that replicas hold; the second is the replica's number. */
export const replicaLock = "hashtext('sluice replica')"

/**
 * Records who holds the claims, in the transaction that takes them. Returns each job's crashes: earlier claims that their
 * holder never settled. An earlier holder that is still recorded is one too: it died before the reaper saw it, or it was
 * silent until pg-boss took its job away.
 */
export const record = async (
  client: Client,
  replica: number,
  claims: ReadonlyArray<Claim>,
): Promise<ReadonlyMap<JobId, number>> => {
  const { rows } = await client.query<{ id: string; crashes: number }>(
    `insert into sluice.claim (job_id, retry_count, replica)
     select "jobId", "retryCount", $1
     from jsonb_to_recordset($2::jsonb) as taken("jobId" uuid, "retryCount" integer)
     on conflict (job_id) do update
     set retry_count = excluded.retry_count, replica = excluded.replica,
       crashes = claim.crashes + case when claim.replica is null then 0 else 1 end
     returning job_id as id, crashes`,
    [replica, JSON.stringify(claims)],
  )
  return new Map(rows.map(({ id, crashes }) => [JobId.make(id), crashes]))
}

/** The claim was settled without ending the job. `JobEnding` deletes the row of a job that ends. */
export const settled = (sql: SqlClient.SqlClient, jobId: JobId) =>
  sql`update sluice.claim set replica = null where job_id = ${jobId}`

/** Replicas that hold claims but not their lock. The check takes the lock for a moment, shared with other checks. */
export const deadReplicas = (sql: SqlClient.SqlClient) => sql<{ readonly replica: number }>`
  select replica from (select distinct replica from sluice.claim where replica is not null) as holder
  where pg_try_advisory_xact_lock_shared(${sql.literal(replicaLock)}, replica)`

/** Whether the replica is dead. If so, it cannot take its lock again until the surrounding transaction ends. */
export const isDead = (sql: SqlClient.SqlClient, replica: number) =>
  sql<{ readonly dead: boolean }>`
    select pg_try_advisory_xact_lock_shared(${sql.literal(replicaLock)}, ${replica}::integer) as dead`

/** Claims that the replica held when it died. */
export const claimsOf = (sql: SqlClient.SqlClient, replica: number) =>
  sql<Claim>`
    select job_id as "jobId", retry_count as "retryCount" from sluice.claim where replica = ${replica}`

/** Counts a crash: the replica died with the claim. */
export const crashed = (sql: SqlClient.SqlClient, replica: number, claim: Claim) => sql`
  update sluice.claim set replica = null, crashes = crashes + 1
  where job_id = ${claim.jobId} and retry_count = ${claim.retryCount} and replica = ${replica}`
