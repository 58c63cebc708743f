import { isSuspectSql } from "../../../../Domain/job/attempts/CrashDecision.ts"
import { hostLimit, hostUse } from "../hostUse.ts"
import {
  callerOfJob,
  claimOrder,
  isActive,
  isInLine,
  isKept,
  isQueued,
  keptForHost,
  keptHosts,
  keptLines,
  lackingTargets,
  queuedLines,
  queueName,
  queueTable,
  targetOfJob,
} from "../queueTable.ts"
import { expectedBytes } from "./expectedBytes.ts"

/** The condition on `sluice.claim` that holds for a waiting job that is a suspect if it is claimed now. */
const isSuspect = isSuspectSql("crashes + case when replica is null then 0 else 1 end")

/** A waiting job that may be claimed, as far as its time and its crashes are concerned. */
const isDue = `start_after <= now()
        and ($5::boolean or not exists (select from sluice.claim where job_id = job_common.id and ${isSuspect}))`

/** The jobs of a caller for a database that the replica has. */
const isLoadable = "target not in (select name from lacking)"

const limits = { usual: "$6", ofHosts: "$7" }

/** Jobs that one claim keeps for their hosts, shared by the callers in line. Other claims wait for it meanwhile, for up to a tenth of a second. */
const keptAtOnce = 1000

/**
 * Claims due jobs and records their holder. The caller with the fewest running jobs is first; among equals, the one that has been given
 * least so far (start-time fair queueing), and then the oldest job. The jobs of one caller are claimed by their priority. Callers are
 * found one by one in the index, with the databases of their tables, so the cost depends on their number and not on that of their jobs.
 *
 * What a caller was given is counted in bytes, by a virtual time that all callers share: `sluice.virtual_time` is the largest start of
 * a claim, and `sluice.caller_share` has the end of each caller's latest one. A caller that was away starts at the virtual time, so it
 * neither saves up a share nor owes one. While only one caller waits, nothing is shared, and only the virtual time advances.
 *
 * Of one host, no more jobs are claimed than its limit lets run. Jobs that are found in line although their host is full are kept for it:
 * from then on they are found by their host, in the same order, and only if it is free.
 *
 * At most one suspect is claimed, so that a crash can be blamed on it.
 *
 * Jobs for a database that another process has, and that does not respond to this replica or is unknown to it, wait. They are found by
 * their database, so a claim does not read them, however many there are.
 *
 * Parameters: the replica, the number of jobs, the most jobs of one caller that may run, in all and in this replica, whether suspects
 * may be claimed, the limits of hosts: the usual one, and others as a JSON object, and the names of the databases for tables that respond to the replica.
 */
export const claimStatement = `
  with recursive ${queuedLines}, active as materialized (
    select id, ${callerOfJob} as caller, group_tier as host from ${queueTable} where ${isActive}
  ), ${lackingTargets("$8")}, ${hostUse(limits, "active")}, ${keptHosts}, ${keptLines}, running as (
    select caller, count(*) as jobs, count(*) filter (where id in (select job_id from sluice.claim where replica = $1::integer)) as here
    from active group by caller
  ), waiting as (
    select caller, coalesce(jobs, 0) as jobs, coalesce(here, 0) as here, greatest(given, last_value) as start,
      case when caller = '' then $2::bigint
        else greatest(0, least($2::bigint, $3::bigint - coalesce(jobs, 0), $4::bigint - coalesce(here, 0))) end as most
    from (select caller from line where ${isLoadable} union select caller from kept where ${isLoadable}) as each
      left join running using (caller) left join sluice.caller_share using (caller) cross join sluice.virtual_time
  ), offered as (
    select waiting.*, job.* from line join waiting using (caller) cross join lateral (
      select id, created_on, priority, group_tier as host from ${queueTable}
      where ${isInLine} and ${callerOfJob} = line.caller and ${targetOfJob} = line.target and ${isDue}
        and (group_tier is null or group_tier <> all (array(select host from full_host)))
      order by ${claimOrder} limit most
    ) as job where ${isLoadable}
    union all
    select waiting.*, job.* from kept join waiting using (caller) cross join lateral (
      select id, created_on, priority, group_tier as host from ${queueTable}
      where ${isKept} and group_tier = kept.host and ${callerOfJob} = kept.caller and ${targetOfJob} = kept.target and ${isDue}
      order by ${claimOrder} limit most
    ) as job where ${isLoadable}
  ), candidate as (
    select id, start, created_on, host, jobs + nth as turn
    from (select *, row_number() over (partition by caller order by ${claimOrder}) as nth from offered) as numbered
    where nth <= most
  ), admitted as (
    select id, start, created_on, turn
    from (select *, row_number() over (partition by host order by turn, start, created_on) as nth from candidate) as numbered
      left join host_use using (host)
    where host is null or nth <= ${hostLimit("host", limits)} - coalesce(host_use.jobs, 0)
  ), picked as (
    select job.id, turn, start, admitted.created_on, coalesce(${isSuspect}, false) as suspect
    from ${queueTable} as job join admitted on admitted.id = job.id left join sluice.claim on job_id = job.id
    -- an array is looked up in the index, even if the planner expects a large one
    where ${isQueued} and job.id = any (array(select id from admitted))
    order by turn, start, admitted.created_on limit $2::bigint
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
  ), found_full as (
    select job.id from line cross join lateral (
      select id, group_tier from ${queueTable} where ${isInLine} and ${callerOfJob} = line.caller and ${targetOfJob} = line.target
      order by ${claimOrder} limit greatest(50, ${keptAtOnce} / (select nullif(count(*), 0) from line))
    ) as job
    where exists (select from full_host) and group_tier in (select host from full_host)
  ), free as (
    select id from ${queueTable} where ${isInLine} and id = any (array(select id from found_full)) for update skip locked
  ), kept_now as (
    update ${queueTable} set singleton_key = ${keptForHost} where name = '${queueName}' and id = any (array(select id from free))
  )
  select id, retry_count as "retryCount", data, crashes, (1000 * extract(epoch from created_on))::float8 as "createdAt",
    (1000 * extract(epoch from start_after))::float8 as "dueAt", (1000 * extract(epoch from started_on))::float8 as "claimedAt",
    -- the start of the last job of those that were given most; without others, its end
    (select setval('sluice.virtual_time', max(start + case when is_shared then bytes - bytes / jobs else bytes end)) from given) as "virtualTime",
    (select count(*) from candidate) > (select count(*) from admitted) as "hasMore"
  from claimed join held on job_id = id
  order by created_on`
