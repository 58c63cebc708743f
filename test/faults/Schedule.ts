import * as Random from "./Random.ts"

/** What can befall the service while it works, and how often, relative to each other. */
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
  "database line cut": 3,
  "database connection half-open": 1.5,
  "database line delayed": 3,
  "database line silent": 2,
  "disk full": 1.5,
  "source connection cut": 10,
  "source connection half-open": 4,
  "source line throttled": 2,
  "source line delayed": 2,
} as const

export type FaultName = keyof typeof weights

/** One decision. What it names that is not there when it is due is taken from what is. */
export interface Decision {
  readonly fault: FaultName
  /** Attempts that must have begun since the decision before. */
  readonly afterBegins: number
  /** Bytes that must have come from the source since then. */
  readonly afterBytes: number
  /** Picks the replica, the session, the connection. */
  readonly choice: number
  /** How long it lasts, where it lasts, in milliseconds. */
  readonly lasts: number
}

/** The n-th decision of the run with this seed: the same every time. */
export const decision = (seed: number, n: number): Decision => {
  const random = Random.make(seed, "fault", n)
  return {
    fault: random.weighted(weights),
    afterBegins: random.between(2, 8),
    afterBytes: random.magnitude(1, 400_000),
    choice: random.between(0, 1_000_000),
    lasts: random.between(300, 2500),
  }
}
