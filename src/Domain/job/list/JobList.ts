import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Caller } from "../../service/Caller.ts"
import type { ServiceUnavailable } from "../../service/ServiceUnavailable.ts"
import { JobId } from "../Job.ts"
import type { JobFilter } from "./JobFilter.ts"
import type { JobSummary } from "./JobSummary.ts"

/** The place of a job in the list: microseconds from 1970 to its creation, and its id. */
export const JobPlace = Schema.Tuple([Schema.Int, JobId])
export type JobPlace = typeof JobPlace.Type

export interface JobPage {
  readonly jobs: ReadonlyArray<JobSummary>
  /** The place of the last one, if there are more. */
  readonly next: JobPlace | null
}

/** The jobs of a caller, newest first; those of all callers with the scope `admin`. */
export class JobList extends Context.Service<
  JobList,
  {
    /** The jobs that match the filter, after a place, at most `limit`. */
    readonly page: (
      filter: JobFilter,
      page: { readonly after: JobPlace | null; readonly limit: number },
    ) => Effect.Effect<JobPage, ServiceUnavailable, Caller>
  }
>()("sluice/Domain/JobList") {}
