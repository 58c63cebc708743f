/** The queue's name in pg-boss. */
export const queueName = "load"

/** pg-boss's table of the queue's jobs. */
export const queueTable = "boss.job_common"

/** The caller of a job in the queue; empty if it has none. */
export const callerOfJob = "coalesce(group_id, '')"

/** The condition that holds for jobs that wait. */
export const isQueued = `name = '${queueName}' and state < 'active' and not blocked`

const claimIndex = "sluice_claim"

/** Whether the index of claims is missing. Only the owner of the table may create it. */
export const claimIndexMissing = `select to_regclass('boss.${claimIndex}') is null as missing`

/**
 * Creates the index by which a claim finds each caller's oldest job. The lock makes other processes that start at the same
 * time wait.
 */
export const createClaimIndex = `
  select pg_advisory_xact_lock(hashtext('sluice migrations'));
  create index if not exists ${claimIndex} on ${queueTable} (${callerOfJob}, created_on, start_after) where ${isQueued}`
