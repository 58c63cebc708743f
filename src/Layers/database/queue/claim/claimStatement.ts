import { isSuspectSql } from "../../../../Domain/job/CrashDecision.ts"
import {
  callerOfJob,
  claimOrder,
  isActive,
  isQueued,
  queuedCallers,
  queueName,
  queueTable,
} from "../queueTable.ts"
import { expectedBytes } from "./expectedBytes.ts"

/** The condition on `sluice.claim` that holds for a waiting job that is a suspect if it is claimed now. */
const isSuspect = isSuspectSql("crashes + case when replica is null then 0 else 1 end")

/**
 * Claims due jobs and records their holder. The caller with the fewest running jobs is first; among equals, the one that has been given
 * least so far (start-time fair queueing), and then the oldest job. The jobs of one caller are claimed by their priority. Callers are
 * found one by one in the index, so the cost depends on their number and not on that of their jobs.
 *
 * What a caller was given is counted in bytes, by a virtual time that all callers share: `sluice.virtual_time` is the largest start of
 * a claim, and `sluice.caller_share` has the end of each caller's latest one. A caller that was away starts at the virtual time, so it
 * neither saves up a share nor owes one. While only one caller waits, nothing is shared, and only the virtual time advances.
 *
 * At most one suspect is claimed, so that a crash can be blamed on it.
 *
 * Parameters: the replica, the number of jobs, the most jobs of one caller that may run, in all and in this replica, and
 * whether suspects may be claimed.
 */
export const claimStatement = `
  with recursive ${queuedCallers}, running as (
    select ${callerOfJob} as caller, count(*) as jobs,
      count(*) filter (where id in (select job_id from sluice.claim where replica = $1::integer)) as here
    from ${queueTable} where ${isActive} group by 1
  ), waiting as (
    select caller, coalesce(jobs, 0) as jobs, coalesce(here, 0) as here, greatest(given, last_value) as start
    from queued_caller left join running using (caller) left join sluice.caller_share using (caller) cross join sluice.virtual_time
    where caller is not null
  ), candidate as (
    select job.id, start, created_on, jobs + row_number() over (partition by caller order by ${claimOrder}) as turn
    from waiting cross join lateral (
      select id, created_on, priority from ${queueTable}
      where ${isQueued} and ${callerOfJob} = waiting.caller and start_after <= now()
        and ($5::boolean or not exists (select from sluice.claim where job_id = job_common.id and ${isSuspect}))
      order by ${claimOrder}
      limit case when caller = '' then $2::bigint else greatest(0, least($2::bigint, $3::bigint - jobs, $4::bigint - here)) end
    ) as job
  ), picked as (
    select job.id, turn, start, candidate.created_on, coalesce(${isSuspect}, false) as suspect
    from candidate
      join ${queueTable} as job on job.id = candidate.id and ${isQueued}
      left join sluice.claim on job_id = job.id
    order by turn, start, candidate.created_on limit $2::bigint
    for update of job skip locked
  ), chosen as (
    select id from (
      select id, suspect, row_number() over (partition by suspect order by turn, start, created_on) as n from picked
    ) as numbered
    where not suspect or n = 1
  ), claimed as (
    update ${queueTable}
    set state = 'active', started_on = now(), heartbeat_on = now(),
      retry_count = case when started_on is null then retry_count else retry_count + 1 end
    where name = '${queueName}' and id = any (array(select id from chosen))
    returning id, group_id, retry_count, data, created_on, start_after, started_on
  ), held as (
    insert into sluice.claim (job_id, retry_count, replica) select id, retry_count, $1::integer from claimed
    on conflict (job_id) do update
    set retry_count = excluded.retry_count, replica = excluded.replica,
      crashes = claim.crashes + case when claim.replica is null then 0 else 1 end
    returning job_id, crashes
  ), given as (
    select caller, start, sum(${expectedBytes("claimed.id")})::bigint as bytes, count(*) as jobs, (select count(*) > 1 from waiting) as is_shared
    from claimed join waiting on caller = ${callerOfJob} group by caller, start
  ), shared as (
    insert into sluice.caller_share (caller, given) select caller, start + bytes from given where is_shared
    on conflict (caller) do update set given = excluded.given
  )
  select id, retry_count as "retryCount", data, crashes, (1000 * extract(epoch from created_on))::float8 as "createdAt",
    (1000 * extract(epoch from start_after))::float8 as "dueAt", (1000 * extract(epoch from started_on))::float8 as "claimedAt",
    -- the start of the last job of those that were given most; without others, its end
    (select setval('sluice.virtual_time', max(start + case when is_shared then bytes - bytes / jobs else bytes end)) from given) as "virtualTime"
  from claimed join held on job_id = id
  order by created_on`
