import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isActive, queueTable } from "../../src/Layers/database/queue/queueTable.ts"
import type { Violation } from "./Invariants.ts"
import type { Query } from "./QueryPool.ts"

/** Loads of one host that may run at a time. */
export const loadsPerHost = 6

const hosts = 4

/** The URL with one of the hosts of the source, by the number of its file. */
export const onHost = (url: string, number: number): string => {
  const other = new URL(url)
  other.hostname = `127.0.0.${1 + (number % hosts)}`
  return other.href
}

/** Looks at the running loads until it is interrupted, and reports each host of which more run than its limit. */
export const watchHosts = (query: Query, report: (violation: Violation) => void) =>
  query<{ host: string; loads: number }>(
    `select group_tier as host, count(*)::int as loads from ${queueTable} where ${isActive}
     group by group_tier having count(*) > $1`,
    [loadsPerHost],
  ).pipe(
    Effect.tap((rows) =>
      Effect.sync(() => {
        for (const { host, loads } of rows)
          report({ rule: "more loads of one host ran than may", jobId: null, detail: `${loads} of ${host}` })
      }),
    ),
    Effect.repeat(Schedule.spaced("50 millis")),
  )
