import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CallerId } from "./Caller.ts"
import type { ServiceUnavailable } from "./ServiceUnavailable.ts"

/** What is limited, for one caller and for all together. */
export const LimitName = Schema.Literals([
  "requests_per_second",
  "previews",
  "uploads",
  "unfinished_jobs",
  "bytes_per_day",
  "sources",
  "event_streams",
  "table_reads",
  "exports",
  "source_host",
])
export type LimitName = typeof LimitName.Type

/** Whose limit it is: that of one caller, or that of all callers together. */
export const LimitScope = Schema.Literals(["caller", "total"])
export type LimitScope = typeof LimitScope.Type

/** A caller, or all of them, have used up what they may use. */
export class LimitReached extends Schema.TaggedError<LimitReached>()("LimitReached", {
  limit: LimitName,
  scope: LimitScope,
  /** Seconds after which a retry may succeed. */
  retryAfter: Schema.Int,
}) {}

interface CallerLimits {
  /** Counts one request. */
  readonly request: (caller: CallerId) => Effect.Effect<void, LimitReached>
  /** Runs a preview in one of the caller's places, and in one of those at the host of the file. */
  readonly preview: <A, E, R>(
    caller: CallerId,
    fileUrl: string,
    preview: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E | LimitReached, R>
  /** Creates the job of an upload if the caller may have another one. Within `create`, and limits the same creation. */
  readonly upload: <A, E, R>(
    caller: CallerId,
    create: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E | LimitReached | ServiceUnavailable, R>
  /** Creates a job by `Jobs`, or a run by `Sources`, if the caller may have another one. */
  readonly create: <A, E, R>(
    caller: CallerId,
    create: Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E | LimitReached | ServiceUnavailable, R>
}

/** The operator's limits, which hold over all replicas. By default nothing is limited. */
export const Limits = Context.Reference<CallerLimits>("sluice/Domain/Limits", {
  defaultValue: () => ({
    request: () => Effect.void,
    preview: (_caller, _fileUrl, preview) => preview,
    upload: (_, create) => create,
    create: (_, create) => create,
  }),
})
