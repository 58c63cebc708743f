/** The queue's name in pg-boss. */
export const queueName = "load"

/** pg-boss's table of the queue's jobs. */
export const queueTable = "boss.job_common"

/** The caller of a job in the queue; empty if it has none. */
export const callerOfJob = "coalesce(group_id, '')"

/** The condition that holds for jobs that wait. */
export const isQueued = `name = '${queueName}' and state < 'active' and not blocked`

/** The order in which the jobs of a caller are claimed. */
export const claimOrder = "(-priority), created_on"

const claimIndex = "sluice_claim_order"

/** Whether the index of claims is missing. Only the owner of the table may create it. */
export const claimIndexMissing = `select to_regclass('boss.${claimIndex}') is null as missing`

/**
 * Creates the index by which a claim finds each caller's next job, instead of that of earlier versions. The lock makes other
 * processes that start at the same time wait.
 */
export const createClaimIndex = `
  select pg_advisory_xact_lock(hashtext('sluice migrations'));
  create index if not exists ${claimIndex} on ${queueTable} (${callerOfJob}, ${claimOrder}, start_after) where ${isQueued};
  drop index if exists boss.sluice_claim`

/** SQL of the callers that have waiting jobs, as a recursive query `queued_caller`: one by one in the index, whatever the number of their jobs. */
export const queuedCallers = `queued_caller (caller) as (
    (select ${callerOfJob} from ${queueTable} where ${isQueued} order by 1 limit 1)
    union all
    select (
      select ${callerOfJob} from ${queueTable} where ${isQueued} and ${callerOfJob} > queued_caller.caller order by 1 limit 1
    ) from queued_caller where caller is not null
  )`

/** The condition that holds for jobs that run. */
export const isActive = `name = '${queueName}' and state = 'active'`
