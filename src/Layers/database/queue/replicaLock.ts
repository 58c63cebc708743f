/** First key of the advisory locks that replicas hold; the second is the replica's number. */
export const replicaLock = "hashtext('sluice replica')"
/** SQL of the numbers of the replicas that hold these advisory locks in this database, as `replica`. */
const holding = (lock: string): string => `
  select objid::bigint as replica from pg_locks
  where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and objsubid = 2
    and classid::bigint = ${lock}::bigint & x'ffffffff'::bigint
    and database = (select oid from pg_database where datname = current_database())`

/** First key of the advisory locks of replicas that claim no more jobs; the second is the replica's number. */
export const leavingLock = "hashtext('sluice leaving')"

/** SQL of the numbers of all replicas that live, as `replica`. */
export const replicasHoldingLock = holding(replicaLock)
/** SQL of the numbers of the replicas that claim no more jobs, or never did, as `replica`. */
export const replicasLeaving = holding(leavingLock)
/** SQL of the numbers of the replicas that claim jobs, as `replica`. An API that receives uploads claims none. */
export const replicasClaiming = `${replicasHoldingLock} except ${replicasLeaving}`
/** SQL of the numbers of all workers that live, as `replica`: those that claim jobs, and those that only finish theirs. */
export const replicasWorking = `
  ${replicasClaiming} union (select replica from sluice.worker intersect (${replicasHoldingLock}))`
