/** The queue's name in pg-boss. */
export const queueName = "load"

/** pg-boss's table of the queue's jobs. */
export const queueTable = "boss.job_common"

/** SQL that waits for the lock, held until the end of the transaction, under which loads and previews are counted and started. */
export const lockClaims = "pg_advisory_xact_lock(hashtext('sluice claim'))"

/** The caller of a job in the queue; empty if it has none. */
export const callerOfJob = "coalesce(group_id, '')"

/** The condition that holds for jobs that wait. */
export const isQueued = `name = '${queueName}' and state < 'active' and not blocked`

/**
 * What `singleton_key` has of a job that was found waiting for its host, or came when others were. A claim looks at these jobs by
 * host, and only if their host is free, so thousands of them cost it nothing. pg-boss makes no use of the key in a queue of this kind.
 */
export const keptForHost = "'host'"

/** The condition that holds for waiting jobs that a claim finds by their caller. */
export const isInLine = `${isQueued} and singleton_key is null`

/** The condition that holds for waiting jobs that a claim finds by their host. */
export const isKept = `${isQueued} and singleton_key is not null`

/** The order in which the jobs of a caller are claimed. */
export const claimOrder = "(-priority), created_on"

const [claimIndex, hostIndex] = ["sluice_claim_line", "sluice_claim_host"]

/** Whether an index of claims is missing. Only the owner of the table may create it. */
export const claimIndexMissing = `
  select to_regclass('boss.${claimIndex}') is null or to_regclass('boss.${hostIndex}') is null as missing`

/**
 * Creates the indexes by which a claim finds each caller's next job and those that are kept for each host, instead of those of earlier
 * versions. The lock makes other processes that start at the same time wait.
 */
export const createClaimIndex = `
  select pg_advisory_xact_lock(hashtext('sluice migrations'));
  create index if not exists ${claimIndex} on ${queueTable} (${callerOfJob}, ${claimOrder}, start_after) where ${isInLine};
  create index if not exists ${hostIndex} on ${queueTable} (group_tier, ${callerOfJob}, ${claimOrder}, start_after) where ${isKept};
  drop index if exists boss.sluice_claim, boss.sluice_claim_order`

/**
 * SQL of the values that waiting jobs have, as a recursive query with one column and a last row of null. They are found one by one in the
 * index, so the cost does not depend on the number of jobs.
 */
const valuesInIndex = (
  query: string,
  column: string,
  value: string,
  condition: string,
): string => `${query} (${column}) as (
    (select ${value} from ${queueTable} where ${condition} order by 1 limit 1)
    union all
    select (
      select ${value} from ${queueTable} where ${condition} and ${value} > ${query}.${column} order by 1 limit 1
    ) from ${query} where ${column} is not null
  )`

/** SQL of the callers that have jobs in line, as a recursive query `queued_caller`. */
export const queuedCallers = valuesInIndex("queued_caller", "caller", callerOfJob, isInLine)

/** SQL of the hosts for which jobs are kept, as a recursive query `kept_host`. */
export const keptHosts = valuesInIndex("kept_host", "host", "group_tier", isKept)

/** The condition that holds for jobs that run. */
export const isActive = `name = '${queueName}' and state = 'active'`
