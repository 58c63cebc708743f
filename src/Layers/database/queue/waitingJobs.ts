import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { HostLimitValues } from "../../process/SourceHosts.ts"
import { hostUse } from "./hostUse.ts"
import { isQueued, targetOfJob } from "./queueTable.ts"
import { unreachedTargets } from "./unreachedTargets.ts"

const jobsThatNeed = (what: string) => `count(*) filter (where needs = '${what}')`

/**
 * SQL of queries, of which `waiting` has one row: the numbers of waiting jobs by what they need, and `oldest_age`, the seconds for which the
 * oldest one in `for_worker` has been due. Jobs that wait for others on their table are not among them.
 *
 * - `retrying`: the time of the next attempt, which is in the future.
 * - `for_target`: the database of the table, which no worker reaches.
 * - `for_host`: fewer loads of its host, or the end of its hold.
 * - `for_worker`: a free slot. Only these are a backlog, because another worker would start them.
 */
export const waitingJobs = ({ ofHosts, usual }: HostLimitValues): string =>
  `${hostUse({ usual: String(usual), ofHosts: quoteLiteral(ofHosts) })}, ${unreachedTargets}, waiting as (
    select ${jobsThatNeed("worker")} as for_worker, ${jobsThatNeed("host")} as for_host, ${jobsThatNeed("target")} as for_target,
      ${jobsThatNeed("retry")} as retrying,
      coalesce(extract(epoch from now() - min(start_after) filter (where needs = 'worker')), 0) as oldest_age
    from (
      select start_after, case
          when start_after > now() then 'retry'
          when ${targetOfJob} in (select target from unreached) then 'target'
          when group_tier in (select host from full_host) then 'host'
          else 'worker'
        end as needs
      from boss.job where ${isQueued}
    ) as job
  )`
