import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Database } from "./Database.ts"

/** The number of jobs that have not ended. Asks the table, because requests would cost the API time. */
export const countUnfinished = ({ query }: Database) =>
  Effect.map(
    query<{ jobs: number }>("select count(*)::int as jobs from sluice.job where final_state is null"),
    ([row]) => row!.jobs,
  )

/** Waits until all jobs have ended. */
export const untilFinished = (database: Database, interval: Duration.Input) =>
  Effect.repeat(countUnfinished(database), {
    until: (jobs) => jobs === 0,
    schedule: Schedule.spaced(interval),
  })
