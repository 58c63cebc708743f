import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StopNow } from "../../Domain/service/StopNow.ts"
import { AppConfig } from "./AppConfig.ts"

/** npm passes a Ctrl-C on to a process that got it from the terminal already, so one Ctrl-C arrives twice. */
const copyWindow = Duration.millis(300)
/** Time for a shutdown beyond the grace of running loads. */
const shutdownTimeout = Duration.seconds(15)
/** A longer timer of Node fires at once, so a longer shutdown has no limit. */
const maxTimer = 2 ** 31 - 1
/** Time for a shutdown after the second signal. */
const immediateTimeout = Duration.seconds(1)

let stoppingSince: number | undefined

/** Whether this process has begun to stop. */
export const isStopping = Effect.sync(() => stoppingSince !== undefined)

/**
 * The first SIGINT or SIGTERM starts a shutdown, the second one ends it within a second. A shutdown that takes too long
 * ends too: a hung connection in a driver that cannot be interrupted must not keep the process. Jobs it still held
 * return to the queue as after a crash.
 */
export const layer = Layer.effect(
  StopNow,
  Effect.gen(function* () {
    const { shutdownGrace } = yield* AppConfig
    const context = yield* Effect.context<never>()
    const stopNow = yield* Deferred.make<void>()

    const log = (message: string) => Effect.runSyncWith(context)(Effect.logInfo(message))
    const exitAfter = (limit: Duration.Duration) => {
      if (Duration.toMillis(limit) > maxTimer) return
      setTimeout(() => {
        log("stopped without waiting for the end of the shutdown")
        process.exit(1)
      }, Duration.toMillis(limit)).unref()
    }

    const onSignal = (signal: NodeJS.Signals) => {
      if (stoppingSince === undefined) {
        stoppingSince = performance.now()
        log(
          `stopping; ${signal === "SIGINT" ? "press Ctrl-C again" : "send the signal again"} to stop at once`,
        )
        exitAfter(Duration.sum(shutdownGrace, shutdownTimeout))
      } else if (
        performance.now() - stoppingSince > Duration.toMillis(copyWindow) &&
        !Deferred.isDoneUnsafe(stopNow)
      ) {
        log("stopping at once")
        Deferred.doneUnsafe(stopNow, Effect.void)
        exitAfter(immediateTimeout)
      }
    }
    process.on("SIGINT", onSignal)
    process.on("SIGTERM", onSignal)
    // Closing the terminal stops the process like Ctrl-C.
    process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))
    return yield* Effect.succeed(Deferred.await(stopNow))
  }),
)
