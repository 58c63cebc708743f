import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { describeFailure } from "../../process/describeFailure.ts"
import { PgBossClient } from "../queue/PgBossClient.ts"
import { queueName } from "../queue/queueTable.ts"
import { fleetInterval } from "./fleetInterval.ts"

/** While jobs run, pg-boss must notice silent workers: the times between two passes over the queue. */
const whileBusy = { least: Duration.seconds(1), ofProcess: Duration.seconds(2), most: Duration.seconds(5) }
/** Without running jobs, a pass only cleans up. */
const whileIdle = { ...whileBusy, ofProcess: Duration.minutes(1), most: Duration.minutes(2) }

/**
 * Lets pg-boss supervise the queue when it is due: return the jobs of silent workers, delete old ones, repair indexes. A pass takes about
 * ten statements, so the processes of a fleet share them. pg-boss's own timer knows neither how many they are nor whether jobs run.
 *
 * @returns to be called often, with what is known of the fleet. It does not wait for the pass.
 */
export const makeSupervisor = Effect.gen(function* () {
  const boss = yield* PgBossClient
  let last = Number.NEGATIVE_INFINITY
  let random = yield* Random.next
  let isRunning = false
  const pass = Effect.tryPromise(() => boss.supervise(queueName)).pipe(
    Effect.catch((failure) =>
      Effect.annotateLogs(
        Effect.logWarning("a background statement of the queue failed"),
        describeFailure(failure.cause),
      ),
    ),
    Effect.ensuring(Effect.sync(() => void (isRunning = false))),
  )
  return Effect.fnUntraced(function* (fleet: { readonly workers: number; readonly isBusy: boolean }) {
    const now = yield* Clock.currentTimeMillis
    const interval = fleetInterval(fleet.isBusy ? whileBusy : whileIdle, fleet.workers, random)
    if (isRunning || now - last < Duration.toMillis(interval)) return
    isRunning = true
    last = now
    random = yield* Random.next
    yield* Effect.forkScoped(pass)
  })
})
