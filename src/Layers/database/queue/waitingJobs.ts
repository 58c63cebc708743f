import { type HostLimitParameters, hostUse } from "./hostUse.ts"
import { queueName, targetOfJob } from "./queueTable.ts"
import { unreachedTargets } from "./unreachedTargets.ts"

/**
 * SQL of queries, of which `waiting_job` has the waiting jobs, but for those that wait for others on their table, with `needs`:
 *
 * - `retry`: the time of the next attempt, which is in the future.
 * - `target`: the database of the table, which no worker reaches.
 * - `host`: fewer loads of its host, or the end of its hold.
 * - `worker`: a free slot. Only these are a backlog, because another worker would start them.
 */
export const waitingJobs = (limits: HostLimitParameters): string =>
  `${hostUse(limits)}, ${unreachedTargets}, waiting_job as (
    -- the conditions of pg-boss's index of waiting jobs
    select start_after, case
        when start_after > now() then 'retry'
        when ${targetOfJob} in (select target from unreached) then 'target'
        when group_tier in (select host from full_host) then 'host'
        else 'worker'
      end as needs
    from boss.job where name = '${queueName}' and state < 'active' and not blocked
  )`
