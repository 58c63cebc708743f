import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { JobId } from "../../../../Domain/job/Job.ts"
import { JobFence } from "../../../../Domain/job/fence/JobFence.ts"
import type { JobState } from "../../../../Domain/job/JobState.ts"
import { unavailable } from "../../postgres/DatabaseFailure.ts"
import { run } from "../../postgres/Statement.ts"
import * as JobEnding from "./JobEnding.ts"

/** More than the number of any attempt. */
const allAttempts = 2 ** 31 - 2

/** Ends the record of a job that has ended in the queue, or is missing there, unless the job has ended otherwise in the database of its table. */
export const endByQueue = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  jobId: JobId,
  state: JobState | null,
) {
  const fence = yield* JobFence
  const ended = yield* fence
    .revoke({ jobId, retryCount: allAttempts })
    .pipe(Effect.mapError((cause) => unavailable("end a job", cause)))
  if (ended === null) yield* run(sql, JobEnding.endedByQueue(jobId, state))
})
