import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcRef from "effect/RcRef"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import type { ChooseJobs } from "../../Domain/job/list/chooseJobs.ts"
import { JobList } from "../../Domain/job/list/JobList.ts"
import type { Owner } from "../../Domain/service/Caller.ts"
import type { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { positionFrame } from "./EventFrame.ts"
import { dataOf, reloadFrame, summaryFrame } from "./summaryFrame.ts"
import { subscribers } from "./Subscribers.ts"
import { watchJobs } from "./watchJobs.ts"

/** A client that was away for longer reads the list again. */
const longestGap = Duration.hours(1)

/**
 * Changes of all jobs, read once for all streams of this process and sent to those of their owners. Nothing is read while there
 * is no stream.
 */
export class JobFeed extends Context.Service<
  JobFeed,
  {
    /**
     * The jobs that run or wait for a retry, and then every job after each change.
     *
     * @param owner only jobs of this owner; `null`: of all
     * @param after a position: the stream begins with all jobs that may have changed after it, or with `reload` if there are too
     *   many or it is too old
     * @param choose which jobs the stream has; all if omitted
     */
    readonly follow: (
      owner: Owner | null,
      after: number | null,
      choose?: ChooseJobs,
    ) => Effect.Effect<Stream.Stream<Uint8Array>, ServiceUnavailable, Scope>
  }
>()("sluice/Api/JobFeed") {
  static readonly layer = Layer.effect(
    JobFeed,
    Effect.gen(function* () {
      const list = yield* JobList
      const changes = yield* JobChanges
      const watched = yield* RcRef.make({
        acquire: Effect.gen(function* () {
          const all = subscribers()
          const watch = watchJobs(list, changes, all.publish).pipe(
            Effect.catchDefect((bug) => Effect.logError("changes of jobs cannot be published", bug)),
            Effect.ensuring(Effect.sync(all.end)),
          )
          yield* Effect.forkScoped(Effect.withTracerEnabled(watch, false))
          return all
        }),
      })
      return JobFeed.of({
        follow: Effect.fnUntraced(function* (owner, after, choose = () => true) {
          const { subscribe } = yield* RcRef.get(watched)
          // Before the read, so that no change is lost between them.
          const changed = yield* subscribe(owner, choose)
          const oldest = ((yield* Clock.currentTimeMillis) - Duration.toMillis(longestGap)) * 1000
          const since = after !== null && after < oldest ? null : after
          const { isCut, jobs, time } = yield* list.recent({ owner, jobIds: [], isStarted: true, since })
          if (isCut || since !== after) return Stream.concat(Stream.succeed(reloadFrame(time)), changed)
          const position = positionFrame(String(time))
          const first = jobs
            .toReversed()
            .filter(({ job }) => choose(job))
            .map(({ job }) => summaryFrame(after ?? time, dataOf(job)))
          // A client that does not get all that it has missed has to continue from its own position.
          const frames = after === null ? [position, ...first] : [...first, position]
          return Stream.concat(Stream.fromIterable(frames), changed)
        }),
      })
    }),
  )
}
