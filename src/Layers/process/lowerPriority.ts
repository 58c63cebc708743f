import * as Effect from "effect/Effect"
import { setPriority } from "node:os"
import { AppConfig } from "./AppConfig.ts"
import { describeFailure } from "./describeFailure.ts"

/** Lowers the priority of a worker's process, so that requests to an API on the same machine do not wait for loads. */
export const lowerPriority = Effect.gen(function* () {
  const { workerNice } = yield* AppConfig
  if (workerNice === 0) return
  yield* Effect.try(() => setPriority(workerNice)).pipe(
    Effect.catch((error) =>
      Effect.annotateLogs(Effect.logWarning("the worker keeps its usual priority"), describeFailure(error)),
    ),
  )
})
