import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import type { TargetContext } from "../jobs/TargetDatabases.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"

const interval = Duration.seconds(10)
const timeout = Duration.seconds(3)

/**
 * Looks again and again whether a database for tables responds, for metrics and for the summary of the service.
 *
 * @param connected waits until the database has responded for the first time
 * @returns whether it has responded lately
 */
export const watchTarget = Effect.fnUntraced(function* (
  name: string,
  connected: Effect.Effect<TargetContext, ServiceUnavailable>,
) {
  let isAvailable = false
  yield* Metrics.observe("sluice.target.available", { target: name }, () => Number(isAvailable))
  const outage = OutageLog.make("a database for tables does not respond")
  const watch = Effect.gen(function* () {
    const { sql } = Context.get(yield* connected, TargetDatabase)
    isAvailable = true
    const look = sql`select 1`.pipe(
      withTimeout(timeout, "check a database for tables"),
      Effect.matchEffect({
        onFailure: (failure) => {
          isAvailable = false
          return outage.failed(describeFailure(failure))
        },
        onSuccess: () => {
          isAvailable = true
          return outage.succeeded
        },
      }),
    )
    yield* Effect.repeat(look, Schedule.spaced(interval))
  })
  yield* watch.pipe(
    // One that an operator must repair is logged where it is connected.
    Effect.ignore,
    Effect.annotateLogs({ target: name }),
    Effect.withTracerEnabled(false),
    Effect.forkScoped({ startImmediately: true }),
  )
  return () => isAvailable
})
