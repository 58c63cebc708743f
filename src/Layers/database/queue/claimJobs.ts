import type { Client, QueryResult } from "pg"
import { isSuspectSql } from "../../../Domain/job/CrashDecision.ts"
import type { ClaimTimes } from "../../../Domain/job/JobQueue.ts"
import { callerOfJob, isQueued, queueName, queueTable } from "./queueTable.ts"

/** A claimed job. */
interface ClaimedRow extends ClaimTimes {
  readonly id: string
  readonly retryCount: number
  readonly data: unknown
  /**
   * Earlier claims of the job that their holder never settled. An earlier holder that is still recorded is one too: it died
   * before the reaper saw it, or it was silent until pg-boss took its job away.
   */
  readonly crashes: number
}

/** The condition on `sluice.claim` that holds for a waiting job that is a suspect if it is claimed now. */
const isSuspect = isSuspectSql("crashes + case when replica is null then 0 else 1 end")

/**
 * Claims due jobs and records their holder. A caller whose jobs run has to wait for one that has fewer; among equals the
 * oldest job is first. So a job of a caller that has nothing running starts before the thousands that another one has
 * queued. Callers are found one by one in the index, so the cost depends on their number and not on that of their jobs.
 *
 * At most one suspect is claimed, so that a crash can be blamed on it.
 *
 * Parameters: the replica, the number of jobs, the most jobs of one caller that may run, in all and in this replica, and
 * whether suspects may be claimed.
 */
const claim = `
  with recursive queued (caller) as (
    (select ${callerOfJob} from ${queueTable} where ${isQueued} order by 1 limit 1)
    union all
    select (
      select ${callerOfJob} from ${queueTable} where ${isQueued} and ${callerOfJob} > queued.caller order by 1 limit 1
    ) from queued where caller is not null
  ), running as (
    select ${callerOfJob} as caller, count(*) as jobs,
      count(*) filter (where id in (select job_id from sluice.claim where replica = $1::integer)) as here
    from ${queueTable} where name = '${queueName}' and state = 'active' group by 1
  ), candidate as (
    select job.id, created_on, jobs + row_number() over (partition by caller order by created_on) as turn
    from (
      select caller, coalesce(jobs, 0) as jobs, coalesce(here, 0) as here from queued left join running using (caller) where caller is not null
    ) as waiting cross join lateral (
      select id, created_on from ${queueTable}
      where ${isQueued} and ${callerOfJob} = waiting.caller and start_after <= now()
        and ($5::boolean or not exists (select from sluice.claim where job_id = job_common.id and ${isSuspect}))
      order by created_on
      limit case when caller = '' then $2::bigint else greatest(0, least($2::bigint, $3::bigint - jobs, $4::bigint - here)) end
    ) as job
  ), picked as (
    select job.id, turn, candidate.created_on, coalesce(${isSuspect}, false) as suspect
    from candidate
      join ${queueTable} as job on job.id = candidate.id and ${isQueued}
      left join sluice.claim on job_id = job.id
    order by turn, candidate.created_on limit $2::bigint
    for update of job skip locked
  ), chosen as (
    select id from (
      select id, suspect, row_number() over (partition by suspect order by turn, created_on) as n from picked
    ) as numbered
    where not suspect or n = 1
  ), claimed as (
    update ${queueTable}
    set state = 'active', started_on = now(), heartbeat_on = now(),
      retry_count = case when started_on is null then retry_count else retry_count + 1 end
    where name = '${queueName}' and id = any (array(select id from chosen))
    returning id, retry_count, data, created_on, start_after, started_on
  ), held as (
    insert into sluice.claim (job_id, retry_count, replica) select id, retry_count, $1::integer from claimed
    on conflict (job_id) do update
    set retry_count = excluded.retry_count, replica = excluded.replica,
      crashes = claim.crashes + case when claim.replica is null then 0 else 1 end
    returning job_id, crashes
  )
  select id, retry_count as "retryCount", data, crashes, (1000 * extract(epoch from created_on))::float8 as "createdAt",
    (1000 * extract(epoch from start_after))::float8 as "dueAt", (1000 * extract(epoch from started_on))::float8 as "claimedAt"
  from claimed join held on job_id = id
  order by created_on`

/** The unfinished jobs of a table that wait for others on it. */
const waiting = "waits and final_state is null"

/**
 * Before a claim: lets the first waiting job of each table be claimed if no other job on the table is unfinished, and ends claims that
 * pg-boss took away from a silent holder.
 *
 * The tables are found one by one in the index, so the cost does not depend on how many jobs wait. The queue's row of a waiting job is
 * locked before its record, as by an ending, and is skipped if another transaction has it: the UPDATE of claims may run first, because
 * Postgres does not order it and the parts that it does not read.
 *
 * As for a dead holder, only those jobs of a silent one are blamed that have the most crashes. All its claims are found at once,
 * before one of them is taken again.
 */
const beforeClaim = `
  with recursive waited (target_schema, table_name) as (
    (select target_schema, table_name from sluice.job where ${waiting} order by 1, 2 limit 1)
    union all
    select next.target_schema, next.table_name from waited cross join lateral (
      select target_schema, table_name from sluice.job
      where ${waiting} and (job.target_schema, job.table_name) > (waited.target_schema, waited.table_name) order by 1, 2 limit 1
    ) as next
  ), first as (
    select next.id from waited cross join lateral (
      select id from sluice.job
      where ${waiting} and job.target_schema = waited.target_schema and job.table_name = waited.table_name
      order by created_at, id limit 1
    ) as next
    where not exists (
      select from sluice.job as other
      where other.target_schema = waited.target_schema and other.table_name = waited.table_name and not waits and final_state is null
    )
  ), free as (
    select id from ${queueTable} as queued
    where name = '${queueName}' and id in (select id from first) and blocked for update skip locked
  ), admitted as (
    update sluice.job set waits = false where id in (select id from free) and ${waiting} returning id
  ), unblocked as (
    update ${queueTable} set blocked = false where name = '${queueName}' and id in (select id from admitted)
  ), lapsed as (
    select job_id, retry_count, crashes = max(crashes) over (partition by replica) as is_blamed
    from sluice.claim
    where replica is not null and not exists (
      select from ${queueTable} where name = '${queueName}' and id = job_id and state = 'active'
    )
  )
  update sluice.claim set replica = null, crashes = crashes + is_blamed::integer
  from lapsed where claim.job_id = lapsed.job_id and claim.retry_count = lapsed.retry_count and replica is not null`

/** Whether a job is due, or may become due by a claim because it waits for others on its table. */
const hasDue = `
  select exists (select from ${queueTable} where ${isQueued} and start_after <= now())
    or exists (select from sluice.job where ${waiting}) as "hasDue"`

const prepared = new WeakSet<Client>()

const prepare = async (client: Client) => {
  if (prepared.has(client)) return
  await client.query(
    `prepare sluice_before_claim as ${beforeClaim}; prepare sluice_claim as ${claim}; prepare sluice_has_due as ${hasDue}`,
  )
  prepared.add(client)
}

/** Whether a claim may find a job now: one statement without a lock, for workers that have nothing to do. */
export const hasDueJobs = async (client: Client): Promise<boolean> => {
  await prepare(client)
  const { rows } = await client.query<{ readonly hasDue: boolean }>("execute sluice_has_due")
  return rows[0]?.hasDue === true
}

/**
 * Claims jobs of callers that have not reached their limit of running jobs. Two claims at the same time would count the same
 * running jobs, so the lock makes all but one wait for the commit. It is taken by a statement of its own: the next one sees
 * what has been committed before. All are one transaction, because they are one message.
 */
export const claimJobs = async (
  client: Client,
  options: {
    readonly replica: number
    readonly limit: number
    readonly runningJobs: number
    readonly runningHere: number
    readonly suspects: boolean
  },
): Promise<ReadonlyArray<ClaimedRow>> => {
  await prepare(client)
  const { limit, replica, runningHere, runningJobs, suspects } = options
  const numbers = [replica, limit, runningJobs, runningHere].map(Math.trunc).join(", ")
  const results: unknown = await client.query(
    `select pg_advisory_xact_lock(hashtext('sluice claim')); execute sluice_before_claim; execute sluice_claim (${numbers}, ${suspects})`,
  )
  return (results as ReadonlyArray<QueryResult<ClaimedRow>>)[2]!.rows
}
