import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { Sources } from "../../../Domain/refresh/Sources.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../../process/describeFailure.ts"

/** The longest time between two looks at the sources: another process may have created one and died. In milliseconds. */
const interval = { least: 5000, most: 6000 }

/**
 * Creates the runs of sources when they are due. Runs in every API, because a worker may not create jobs. While nothing is due,
 * it costs one statement in 5 to 6 s.
 */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* Metrics.startAtZero("sluice.source.runs_skipped", [
      { reason: "unfinished" },
      { reason: "limit" },
      { reason: "target" },
    ])
    const sources = yield* Sources
    const outage = OutageLog.make("sources are not refreshed")
    const look = Effect.gen(function* () {
      const longest = Duration.millis(yield* Random.nextBetween(interval.least, interval.most))
      const failed = (failure: unknown) =>
        Effect.as(outage.failed(describeFailure(failure)), Duration.seconds(1))
      const wait = yield* sources
        .runDue(longest)
        .pipe(
          withTimeout(Duration.seconds(60), "refresh sources"),
          Effect.tap(outage.succeeded),
          Effect.catch(failed),
          Effect.catchDefect(failed),
        )
      yield* Effect.timeoutOrElse(sources.awaitChange, { duration: wait, orElse: () => Effect.void })
    })
    yield* Effect.forkScoped(Effect.forever(look))
  }),
)
