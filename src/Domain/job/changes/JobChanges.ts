import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { JobId } from "../Job.ts"

/**
 * Changes of the state of jobs, on any process of the service. A change can be missed, but never for longer than a few
 * seconds: then everyone who follows a job looks again.
 *
 * By default nobody learns of a change.
 */
export const JobChanges = Context.Reference<{
  /** Announces soon that the state of the job has changed. Call it after the commit. */
  readonly announce: (jobId: JobId) => Effect.Effect<void>
  /**
   * Follows the job until the scope closes. Call it before reading the job. The returned effect waits until the job may have
   * changed since this call, or since the effect completed last.
   */
  readonly follow: (jobId: JobId) => Effect.Effect<Effect.Effect<void>, never, Scope>
  /** The jobs that have changed, some at a time. `null`: changes may have been missed, of any job. */
  readonly all: Stream.Stream<ReadonlySet<JobId> | null>
}>("sluice/Domain/JobChanges", {
  defaultValue: () => ({
    announce: () => Effect.void,
    follow: () => Effect.succeed(Effect.never),
    all: Stream.never,
  }),
})
