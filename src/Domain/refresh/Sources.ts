import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { JobId } from "../job/Job.ts"
import type { IdempotencyKeyReused, LoadRequest, SchemaNotAllowed, TableOfOthers } from "../job/Jobs.ts"
import type { TargetUnknown } from "../load/columns/target/Targets.ts"
import type { CallbackRefused } from "../job/webhook/CallbackPolicy.ts"
import { SourceId } from "../job/SourceId.ts"
import type { Caller } from "../service/Caller.ts"
import type { LimitReached } from "../service/Limits.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import type { ListedSource, RefreshedSource, SourceWithRuns } from "./RefreshedSource.ts"
import type { ChangedSource } from "./SourceChange.ts"
import type { WrittenSchedule } from "./WrittenSchedule.ts"

/** A validated request for a source. Its options have a table's name and a mode other than `create`. */
export interface SourceRequest extends LoadRequest {
  readonly schedule: WrittenSchedule
}

export class SourceNotFound extends Schema.TaggedError<SourceNotFound>()("SourceNotFound", {
  sourceId: SourceId,
}) {}

/** Another source of the caller loads the same table, and one of the two would replace the rows of the other at each run. */
export class TableHasSource extends Schema.TaggedError<TableHasSource>()("TableHasSource", {
  sourceId: SourceId,
  table: Schema.String,
}) {}

/** The schedule would run more often than the operator allows. */
export class IntervalTooShort extends Schema.TaggedError<IntervalTooShort>()("IntervalTooShort", {
  minimum: Schema.Duration,
  /** The one with the schedule. */
  option: Schema.Literals(["every", "cron"]),
}) {}

/** A place in the list of sources: schema and name of the table, and the source. */
export const SourceCursor = Schema.Tuple([Schema.String, Schema.String, SourceId])
export type SourceCursor = typeof SourceCursor.Type

type ForCaller<A, E = never> = Effect.Effect<A, E | ServiceUnavailable, Caller>
type RunRefused = TableOfOthers | SchemaNotAllowed | TargetUnknown

/**
 * URLs that are loaded again when they change. Each run is a job. A source belongs to the caller that created it; for others it
 * does not exist, except for callers with the scope `admin`.
 */
export class Sources extends Context.Service<
  Sources,
  {
    /** Records the source and creates its first run, both or none. The same request with the same key returns that source. */
    readonly create: (
      request: SourceRequest,
    ) => ForCaller<
      SourceWithRuns,
      RunRefused | CallbackRefused | IdempotencyKeyReused | IntervalTooShort | LimitReached | TableHasSource
    >
    readonly find: (sourceId: SourceId) => ForCaller<Option.Option<SourceWithRuns>>
    /** The caller's sources after a place, ordered by table. */
    readonly list: (page: {
      readonly after: SourceCursor | null
      readonly limit: number
      /** How many of the latest runs each source has in the list. */
      readonly runs: number
    }) => ForCaller<{
      readonly sources: ReadonlyArray<ListedSource>
      /** The last one's place, if there are more. */
      readonly next: SourceCursor | null
    }>
    /**
     * Changes the source as `decide` says, which gets it as it is. Runs that have begun keep their options. Unless the source
     * appends, the next one loads the file again if it reads it in another way.
     */
    readonly change: <E, R>(
      sourceId: SourceId,
      decide: (source: RefreshedSource) => Effect.Effect<ChangedSource, E, R>,
    ) => Effect.Effect<
      SourceWithRuns,
      E | SourceNotFound | CallbackRefused | IntervalTooShort | TableHasSource | ServiceUnavailable,
      R | Caller
    >
    /** Ends the schedule. The table and the jobs stay. Returns the run that has not ended, which can no longer read its URL. */
    readonly remove: (sourceId: SourceId) => ForCaller<JobId | null, SourceNotFound>
    /** Creates a run within the limits of the source's caller, or returns the one that has not ended. Starts a stopped source again. */
    readonly refresh: (sourceId: SourceId) => ForCaller<JobId, SourceNotFound | RunRefused | LimitReached>
    readonly pause: (sourceId: SourceId) => ForCaller<SourceWithRuns, SourceNotFound>
    /** Starts a paused or stopped source; its next run is due at once. */
    readonly resume: (sourceId: SourceId) => ForCaller<SourceWithRuns, SourceNotFound>
    /**
     * Creates the runs that are due, each once over all replicas, and reports sources that have stopped. Returns how long no
     * run is due, at most `longest`.
     */
    readonly runDue: (longest: Duration.Duration) => Effect.Effect<Duration.Duration, ServiceUnavailable>
    /** Waits until this process changes when a run is due. */
    readonly awaitChange: Effect.Effect<void>
  }
>()("sluice/Domain/Sources") {}
