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

/** The database of the job's table, as jobs record it; empty for the queue's own. */
export const targetOfJob = "coalesce(data ->> 'target', '')"

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

const [claimIndex, hostIndex] = ["sluice_claim_target", "sluice_claim_host_target"]

/** Whether an index of claims is missing. Only the owner of the table may create it. */
export const claimIndexMissing = `
  select to_regclass('boss.${claimIndex}') is null or to_regclass('boss.${hostIndex}') is null as missing`

/**
 * Creates the indexes by which a claim finds each caller's next job for each database and those that are kept for each host, instead of
 * those of earlier versions. The lock makes other processes that start at the same time wait.
 */
export const createClaimIndex = `
  select pg_advisory_xact_lock(hashtext('sluice migrations'));
  create index if not exists ${claimIndex} on ${queueTable} (${callerOfJob}, (${targetOfJob}), ${claimOrder}, start_after) where ${isInLine};
  create index if not exists ${hostIndex} on ${queueTable} (group_tier, ${callerOfJob}, (${targetOfJob}), ${claimOrder}, start_after) where ${isKept};
  drop index if exists boss.sluice_claim, boss.sluice_claim_order, boss.sluice_claim_line, boss.sluice_claim_host`

/**
 * SQL of the distinct values that waiting jobs have, as a recursive query. They are found one by one in the index, so the cost does not
 * depend on the number of jobs.
 *
 * @param columns the SQL of each value by its name, in the order of the index
 */
const valuesInIndex = (
  query: string,
  columns: Readonly<Record<string, string>>,
  condition: string,
): string => {
  const names = Object.keys(columns)
  const values = Object.values(columns).join(", ")
  const order = names.map((_, index) => index + 1).join(", ")
  return `${query} (${names.join(", ")}) as (
    (select ${values} from ${queueTable} where ${condition} order by ${order} limit 1)
    union all
    select next.* from ${query} cross join lateral (
      select ${values} from ${queueTable}
      where ${condition} and (${values}) > (${names.map((name) => `${query}.${name}`).join(", ")}) order by ${order} limit 1
    ) as next
  )`
}

/** SQL of the callers that have jobs in line, with the databases of their tables, as a recursive query `line`. */
export const queuedLines = valuesInIndex("line", { caller: callerOfJob, target: targetOfJob }, isInLine)

/** SQL of the hosts for which jobs are kept, as a recursive query `kept_host`. */
export const keptHosts = valuesInIndex("kept_host", { host: "group_tier" }, isKept)

/** SQL of the callers of jobs that are kept for hosts that have a place, with the databases of their tables, as a recursive query `kept`. */
export const keptLines = `kept (host, caller, target) as (
    select host, next.* from kept_host cross join lateral (
      select ${callerOfJob}, ${targetOfJob} from ${queueTable} where ${isKept} and group_tier = kept_host.host order by 1, 2 limit 1
    ) as next where host not in (select host from full_host)
    union all
    select host, next.* from kept cross join lateral (
      select ${callerOfJob}, ${targetOfJob} from ${queueTable}
      where ${isKept} and group_tier = kept.host and (${callerOfJob}, ${targetOfJob}) > (kept.caller, kept.target) order by 1, 2 limit 1
    ) as next
  )`

/**
 * SQL of the databases whose jobs a worker leaves to others, as a query `lacking`: those that any process has connected to, besides the
 * ones that the worker gives. One that the operator has given up is not among them, so its jobs are claimed, and fail.
 *
 * @param responding SQL of the names of those that respond to the worker
 */
export const lackingTargets = (responding: string): string => `lacking as materialized (
    select name from sluice.installation cross join lateral unnest(targets) as name where name <> all (${responding}::text[])
  )`

/** The condition that holds for jobs that run. */
export const isActive = `name = '${queueName}' and state = 'active'`
