import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { JobFence } from "../../src/Domain/job/fence/JobFence.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { TablesApart } from "../../src/Layers/database/jobs/TablesApart.ts"
import { TargetDatabases } from "../../src/Layers/database/jobs/TargetDatabases.ts"
import { jobOf, load, oneRow, runningWith } from "./SinkLoads.ts"

/** A job whose attempt has opened its fence. */
export const startedWith = Effect.fnUntraced(function* (options: LoadOptions) {
  const job = yield* runningWith(options)
  const fence = yield* JobFence
  yield* fence.open(job.attempt.claim, job.attempt.target)
  return { ...job, fence }
})

/** Commits the load in the database of the tables, as a worker does that dies before the queue knows. */
export const commitAlone = Effect.fnUntraced(function* (options: LoadOptions) {
  const job = yield* startedWith(options)
  const apart = yield* Effect.flatMap(TargetDatabases, (targets) => targets.apart(job.attempt.target))
  assert.isNotNull(apart)
  const dying = TablesApart.of({ ...apart!, settle: () => Effect.die("the worker died") })
  const exit = yield* Effect.exit(
    Effect.provideService(load(job.attempt, Stream.make(oneRow)), TablesApart, dying),
  )
  assert.isTrue(Exit.hasDies(exit))
  assert.strictEqual((yield* jobOf(job.jobId)).state, "active")
  return job
})
