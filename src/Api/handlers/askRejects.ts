import * as Effect from "effect/Effect"
import type { JobNotFound } from "../../Domain/job/Jobs.ts"
import type { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { askDatabase } from "./askDatabase.ts"
import { noSuchJob } from "./noSuchJob.ts"

/** Asks the database for what a job has kept of its files. */
export const askRejects = <A, R>(kept: Effect.Effect<A, JobNotFound | ServiceUnavailable, R>) =>
  Effect.catchTag(askDatabase(kept), "JobNotFound", (missing) => Effect.fail(noSuchJob(missing.jobId)))
