import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Scope } from "effect/Scope"
import { describeFailure } from "../../process/describeFailure.ts"
import { notifyReplicas } from "./Signals.ts"

/** Time between two signals of a process. A burst of new jobs needs few of them. */
const interval = Duration.millis(10)

/**
 * Signals new jobs in the background, those of a moment together. NOTIFY in the transactions that create jobs would make
 * their commits wait for each other, because Postgres commits transactions with notifications one at a time.
 *
 * @returns `announce` counts one new job
 */
export const announceJobs = (
  sql: SqlClient.SqlClient,
): Effect.Effect<{ readonly announce: Effect.Effect<void> }, never, Scope> =>
  Effect.gen(function* () {
    const isWaiting = yield* Latch.make(false)
    let count = 0
    const signal = Effect.gen(function* () {
      yield* isWaiting.await
      yield* isWaiting.close
      const some = count
      count = 0
      yield* notifyReplicas(sql, some)
    })
    yield* signal.pipe(
      Effect.catch((error) =>
        Effect.annotateLogs(
          Effect.logDebug("new jobs are left to the workers' polls"),
          describeFailure(error),
        ),
      ),
      Effect.andThen(Effect.sleep(interval)),
      Effect.forever,
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
    const announce = Effect.suspend(() => {
      count++
      return Effect.asVoid(isWaiting.open)
    })
    return { announce }
  })
