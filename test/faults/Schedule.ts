import * as Random from "./Random.ts"

/** The faults and their relative frequencies. */
const weights = {
  "kill -9 of a worker": 27,
  "kill -9 of the API": 3,
  "kill -9 of the API between commit and answer": 2,
  "SIGTERM of a worker": 3,
  "rolling restart": 1,
  "freeze past the lease": 1.5,
  "short freeze": 4,
  "backend ended": 10,
  "kill -9 of a backend": 2.5,
  "Postgres restart, fast": 1.5,
  "Postgres restart, immediate": 1.5,
  "database connection cut": 10,
  "all database connections cut": 3,
  "database connection half-open": 1.5,
  "all database connections slow": 3,
  "all database connections silent": 2,
  "disk full": 1.5,
  "source connection cut": 10,
  "source connection half-open": 4,
  "source throttled": 2,
  "source slow": 2,
} as const

export type FaultName = keyof typeof weights

/** A scheduled fault. */
export interface ScheduledFault {
  readonly fault: FaultName
  /** Attempts that must have started since the previous fault. */
  readonly afterBegins: number
  /** Bytes that the source must have sent since then. */
  readonly afterBytes: number
  /** Picks a replica, session or connection from those that exist when the fault is due. */
  readonly choice: number
  /** Duration in milliseconds, for faults that have one. */
  readonly lasts: number
}

/** The n-th fault of all runs with this seed. */
export const scheduledFault = (seed: number, n: number): ScheduledFault => {
  const random = Random.make(seed, "fault", n)
  return {
    fault: random.weighted(weights),
    afterBegins: random.between(2, 8),
    afterBytes: random.magnitude(1, 400_000),
    choice: random.between(0, 1_000_000),
    lasts: random.between(300, 2500),
  }
}
