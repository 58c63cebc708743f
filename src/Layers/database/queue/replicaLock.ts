/** First key of the advisory locks that replicas hold; the second is the replica's number. */
export const replicaLock = "hashtext('sluice replica')"
