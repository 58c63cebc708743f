/**
 * A job's crashes are earlier claims whose worker died, or lost its database, before it could settle them. The file may have
 * caused them, or another file that was loaded at the same time.
 */

/** One crash may be an accident. */
const suspectFrom = 2

/** More than `suspectFrom`, so that a job that crashed with others can have further accidents. */
export const maxCrashes = 5

/**
 * From its second crash on, a job is a suspect. A worker loads one suspect at a time, beside other jobs, so it is known which
 * job to blame for a crash: that one, and no other. A file that crashes every worker is given up after five of them.
 */
export const isSuspect = (crashes: number): boolean => crashes >= suspectFrom

/** The same in SQL, of an expression. */
export const isSuspectSql = (crashes: string): string => `${crashes} >= ${suspectFrom}`

export const isGivenUp = (crashes: number): boolean => crashes >= maxCrashes
