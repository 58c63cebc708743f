/** First key of the advisory locks that replicas hold; the second is the replica's number. */
export const replicaLock = "hashtext('sluice replica')"
/** First key of the advisory locks of replicas that claim no more jobs; the second is the replica's number. */
export const leavingLock = "hashtext('sluice leaving')"
