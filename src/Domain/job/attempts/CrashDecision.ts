/**
 * A job's crashes are earlier claims whose worker died, or lost its database, before it could settle them. The file may have
 * caused them, or another file that was loaded at the same time. So the death of a worker counts for those of its jobs that have
 * the most crashes, and for no other.
 */

/** Fewer may be accidents, or those of a job beside it. */
const suspectFrom = 3

/** More than `suspectFrom`, so that a job that crashed with others can have further accidents. */
export const maxCrashes = 5

/**
 * From its third crash on, a job is a suspect. A worker loads one suspect at a time, beside other jobs, so further crashes are its
 * own or accidents. A file that crashes every worker is given up after five of them.
 */
export const isSuspect = (crashes: number): boolean => crashes >= suspectFrom

/** The same in SQL, of an expression. */
export const isSuspectSql = (crashes: string): string => `${crashes} >= ${suspectFrom}`

export const isGivenUp = (crashes: number): boolean => crashes >= maxCrashes
