import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { deal, isDue } from "./Faults.ts"
import { decision } from "./Schedule.ts"
import * as Source from "./Source.ts"
import { type Spec, specOf } from "./Workload.ts"
import type { World } from "./World.ts"

/** Posts jobs, no more at once than may be, until the time is up. */
const feed = Effect.fnUntraced(function* (world: World, jobsAtOnce: number, until: number) {
  const { ledger, source } = world
  const slots = yield* Semaphore.make(jobsAtOnce)
  const shares = new Map<number, (share: number) => void>()
  source.onProgress((number, share) => shares.get(number)?.(share))
  const one = Effect.fnUntraced(function* (spec: Spec) {
    const path = yield* source.serve(spec)
    const entry = yield* ledger.post(spec, world.url(path))
    const { cancelAfter } = spec
    if (cancelAfter !== null && cancelAfter < 0.1)
      yield* world.inBackground(`cancel of ${entry.jobId}`, ledger.cancel(entry))
    else if (cancelAfter !== null) {
      const due = Deferred.makeUnsafe<void>()
      shares.set(spec.number, (share) => {
        if (share >= cancelAfter) Deferred.doneUnsafe(due, Effect.void)
      })
      yield* world.inBackground(
        `cancel of ${entry.jobId}`,
        Effect.raceFirst(Deferred.await(due), Deferred.await(entry.ended)).pipe(
          Effect.andThen(
            Effect.suspend(() => (entry.finalState === null ? ledger.cancel(entry) : Effect.void)),
          ),
        ),
      )
    }
    yield* Deferred.await(entry.ended)
    shares.delete(spec.number)
  })
  while ((yield* Clock.currentTimeMillis) < until) {
    yield* slots.take(1)
    const spec = specOf(world.seed, world.nextNumber())
    world.specs.set(spec.number, spec)
    yield* world.inBackground(`job ${spec.number}`, Effect.ensuring(one(spec), slots.release(1)))
  }
})

const strikeBySchedule = Effect.fnUntraced(function* (world: World, until: number) {
  let pieces = 0
  world.source.onProgress(() => {
    pieces += 1
  })
  for (let n = 0; (yield* Clock.currentTimeMillis) < until; n++) {
    const next = decision(world.seed, n)
    yield* isDue(world, next, () => pieces * Source.pieceBytes)
    yield* Effect.logDebug(`${n}: ${next.fault}`)
    yield* deal(world, next)
  }
})

/** Posts jobs for so long, while faults are dealt by the seed's schedule. */
export const campaign = Effect.fnUntraced(function* (
  world: World,
  options: { readonly millis: number; readonly jobsAtOnce: number },
) {
  const until = (yield* Clock.currentTimeMillis) + options.millis
  yield* Effect.all([feed(world, options.jobsAtOnce, until), strikeBySchedule(world, until)], {
    concurrency: "unbounded",
    discard: true,
  })
})
