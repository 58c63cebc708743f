import { isSamePlace, placeOf } from "../../postgres/tablePlace.ts"
import { hostUse } from "../hostUse.ts"
import {
  callerOfJob,
  isInLine,
  isKept,
  keptHosts,
  keptLines,
  lackingTargets,
  queuedLines,
  queueName,
  queueTable,
  targetOfJob,
} from "../queueTable.ts"

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
export const beforeClaim = `
  with recursive waited (target_schema, table_name, target) as (
    (select ${placeOf("job")} from sluice.job where ${waiting} order by 1, 2, 3 limit 1)
    union all
    select next.* from waited cross join lateral (
      select ${placeOf("job")} from sluice.job
      where ${waiting} and (${placeOf("job")}) > (${placeOf("waited")}) order by 1, 2, 3 limit 1
    ) as next
  ), first as (
    select next.id from waited cross join lateral (
      select id from sluice.job
      where ${waiting} and ${isSamePlace("job", "waited")}
      order by created_at, id limit 1
    ) as next
    where not exists (
      select from sluice.job as other
      where ${isSamePlace("other", "waited")} and not waits and final_state is null
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

/** Whether a job of the caller for the database is due, if the worker has that database. */
const isDueIn = (condition: string) => `target not in (select name from lacking) and exists (
      select from ${queueTable}
      where ${condition} and start_after <= now()
    )`

/**
 * Whether a job is due, or may become due by a claim because it waits for others on its table. Jobs that are kept for a full host, and
 * those of databases that do not respond, are not due. Parameters: the limits of hosts and the databases, as of a claim.
 */
export const hasDue = `
  with recursive ${queuedLines}, ${lackingTargets("$3")}, ${hostUse({ usual: "$1", ofHosts: "$2" })}, ${keptHosts}, ${keptLines}
  select exists (
      select from line where ${isDueIn(`${isInLine} and ${callerOfJob} = line.caller and ${targetOfJob} = line.target`)}
    ) or exists (select from sluice.job where ${waiting})
    or exists (
      select from kept
      where ${isDueIn(`${isKept} and group_tier = kept.host and ${callerOfJob} = kept.caller and ${targetOfJob} = kept.target`)}
    ) as "hasDue"`
