import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TargetUnknown } from "../../load/columns/target/Targets.ts"
import type { Caller, Owner } from "../../service/Caller.ts"
import type { ServiceUnavailable } from "../../service/ServiceUnavailable.ts"
import { JobId } from "../Job.ts"
import { SourceId } from "../SourceId.ts"
import type { JobFilter } from "./JobFilter.ts"
import type { JobSummary } from "./JobSummary.ts"

/** The place of a job in the list: microseconds from 1970 to its creation, and its id. */
export const JobPlace = Schema.Tuple([Schema.Int, JobId])
export type JobPlace = typeof JobPlace.Type

/** The caller has no such source, and no job of one that is deleted. */
export class SourceUnknown extends Schema.TaggedError<SourceUnknown>()("SourceUnknown", {
  sourceId: SourceId,
}) {}

export interface JobPage {
  readonly jobs: ReadonlyArray<JobSummary>
  /** The place after which the next page begins: of the last one, or of the last that was examined; `null`: there are no more. */
  readonly next: JobPlace | null
}

/** Which jobs may have changed. */
export interface RecentSelection {
  /** Only jobs of this owner; `null`: of all. */
  readonly owner: Owner | null
  /** These jobs are never left out. */
  readonly jobIds: Iterable<JobId>
  /** Whether to include jobs that a worker has or has had, and that have not ended. */
  readonly isStarted: boolean
  /** Include jobs that were created or have ended since, or shortly before: microseconds from 1970 by the database's clock. */
  readonly since: number | null
}

/** Jobs as they were at one moment. */
export interface RecentJobs {
  /** That moment, as in `RecentSelection`. */
  readonly time: number
  readonly jobs: ReadonlyArray<{ readonly owner: Owner; readonly job: JobSummary }>
  /** Whether there are more than are returned. */
  readonly isCut: boolean
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
    /** Fails if the filter names a source, or a database besides those of this process, that no job can be of. */
    readonly requireKnown: (
      filter: Pick<JobFilter, "sourceId" | "target">,
    ) => Effect.Effect<void, TargetUnknown | SourceUnknown | ServiceUnavailable, Caller>
    /** The jobs with the given ids, and the newest of the others that may have changed: a thousand or a few more. */
    readonly recent: (selection: RecentSelection) => Effect.Effect<RecentJobs, ServiceUnavailable>
  }
>()("sluice/Domain/JobList") {}
