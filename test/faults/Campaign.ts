import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { inject, waitUntilDue } from "./Faults.ts"
import { scheduledFault } from "./Schedule.ts"
import * as Source from "./Source.ts"
import { type Spec, specOf } from "./Workload.ts"
import type { RunContext } from "./RunContext.ts"

/** Posts jobs, at most `jobsAtOnce` at a time, until the time is up. */
const postJobs = Effect.fnUntraced(function* (context: RunContext, jobsAtOnce: number, until: number) {
  const { tracker, source } = context
  const slots = yield* Semaphore.make(jobsAtOnce)
  const shares = new Map<number, (share: number) => void>()
  source.onProgress((number, share) => shares.get(number)?.(share))
  const one = Effect.fnUntraced(function* (spec: Spec) {
    const path = yield* source.serve(spec)
    const entry = yield* tracker.post(spec, context.url(path, spec.number))
    const { cancelAfter } = spec
    if (cancelAfter !== null && cancelAfter < 0.1)
      yield* context.inBackground(`cancel of ${entry.jobId}`, tracker.cancel(entry))
    else if (cancelAfter !== null) {
      const due = Deferred.makeUnsafe<void>()
      shares.set(spec.number, (share) => {
        if (share >= cancelAfter) Deferred.doneUnsafe(due, Effect.void)
      })
      yield* context.inBackground(
        `cancel of ${entry.jobId}`,
        Effect.raceFirst(Deferred.await(due), Deferred.await(entry.ended)).pipe(
          Effect.andThen(
            Effect.suspend(() => (entry.finalState === null ? tracker.cancel(entry) : Effect.void)),
          ),
        ),
      )
    }
    yield* Deferred.await(entry.ended)
    shares.delete(spec.number)
  })
  while ((yield* Clock.currentTimeMillis) < until) {
    yield* slots.take(1)
    const spec = specOf(context.seed, context.nextNumber())
    context.specs.set(spec.number, spec)
    yield* context.inBackground(`job ${spec.number}`, Effect.ensuring(one(spec), slots.release(1)))
  }
})

const injectBySchedule = Effect.fnUntraced(function* (context: RunContext, until: number) {
  let pieces = 0
  context.source.onProgress(() => {
    pieces += 1
  })
  for (let n = 0; (yield* Clock.currentTimeMillis) < until; n++) {
    const next = scheduledFault(context.seed, n)
    yield* waitUntilDue(context, next, () => pieces * Source.pieceBytes)
    yield* Effect.logDebug(`${n}: ${next.fault}`)
    yield* inject(context, next)
  }
})

/** Posts jobs and injects the scheduled faults of the seed for `millis`. */
export const campaign = Effect.fnUntraced(function* (
  context: RunContext,
  options: { readonly millis: number; readonly jobsAtOnce: number },
) {
  const until = (yield* Clock.currentTimeMillis) + options.millis
  yield* Effect.all([postJobs(context, options.jobsAtOnce, until), injectBySchedule(context, until)], {
    concurrency: "unbounded",
    discard: true,
  })
})
