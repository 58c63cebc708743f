import { recentMinutes } from "../../../Domain/service/HealthSummary.ts"
import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { HostLimitValues } from "../../process/SourceHosts.ts"
import type { Statement } from "../postgres/Statement.ts"
import { queueName } from "../queue/queueTable.ts"
import { replicasLeaving, replicasWorking } from "../queue/replicaLock.ts"
import { waitingJobs } from "../queue/waitingJobs.ts"

const time = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const seconds = (expression: string): string => `extract(epoch from ${expression})`

/** The queue, the workers and recent results, as `HealthSummary` has them. Each part reads an index. */
export const selectSummary = (hosts: HostLimitValues): Statement => ({
  text: `
    with ${waitingJobs(hosts)}
    select (
      select jsonb_build_object(
        'waiting', for_worker, 'waitingForHost', for_host, 'waitingForTarget', for_target, 'retrying', retrying,
        'active', (select count(*) from boss.job where name = ${quoteLiteral(queueName)} and state = 'active'),
        'oldestAge', oldest_age
      )
      from waiting
    ) as queue, (
      select coalesce(jsonb_agg(jsonb_build_object(
        'replica', replica, 'startedAt', ${time("started_at")}, 'slots', slots,
        'used', (select count(*) from sluice.claim where claim.replica = live.replica),
        'draining', leaving.replica is not null
      ) order by started_at, replica), '[]')
      from (${replicasWorking}) as live left join sluice.worker using (replica) left join (${replicasLeaving}) as leaving using (replica)
    ) as replicas, (
      select coalesce(sum(rows_loaded / greatest(${seconds("reported_at - attempt_started_at")}, 1)), 0)::float8
      from sluice.claim join sluice.job on id = job_id
      where claim.replica is not null and final_state is null and reported_at > attempt_started_at
    ) as "rowsPerSecond", (
      select jsonb_build_object(
        'minutes', ${recentMinutes}, 'completed', count(*) filter (where final_state = 'completed'),
        'failed', count(*) filter (where final_state = 'failed'), 'cancelled', count(*) filter (where final_state = 'cancelled'),
        'rowsLoaded', coalesce(sum(rows_loaded) filter (where final_state = 'completed'), 0)
      )
      from sluice.job where final_state is not null and finished_at > now() - interval '${recentMinutes} minutes'
    ) as recent`,
  parameters: [],
})
