import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Runtime from "effect/Runtime"
import { AppConfig } from "./AppConfig.ts"
import { messageOf } from "./describeFailure.ts"
import * as Telemetry from "./Telemetry.ts"

/** A stop that was asked for (SIGINT, SIGTERM) is a success: 0, where Node's habit is 130. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)

const spelling = 'A duration is written like "30 seconds", a size like "16 MiB".'

/** A process that cannot start says in one line why; the rest is for those who log at debug level. */
const reportFailure = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  const message =
    error instanceof Config.ConfigError
      ? `the environment is not as it should be: ${error.cause.message.replaceAll(/\s+/g, " ")}. ${spelling}`
      : messageOf(error)
  return Effect.andThen(Effect.logFatal(`stopped: ${message}`), Effect.logDebug("the whole cause", cause))
}

/** What a shutdown may take beyond the grace of running loads. */
const patience = Duration.seconds(15)

/**
 * Ends the process in any case: a connection that hangs, in a driver that cannot be interrupted, must not
 * keep it. What a worker held then comes back to the queue as it does after a crash.
 */
const stopInTime = Effect.gen(function* () {
  const { shutdownGrace } = yield* AppConfig
  const limit = Duration.toMillis(Duration.sum(shutdownGrace, patience))
  const arm = () => void setTimeout(() => process.exit(1), limit).unref()
  process.once("SIGTERM", arm)
  process.once("SIGINT", arm)
  // A terminal that is closed asks for the same as a Ctrl-C in it.
  process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))
})

/** Runs a process made of layers until it is told to stop, with its configuration, logs and traces. */
export const launchProcess = <A, E>(layer: Layer.Layer<A, E, AppConfig>): void =>
  Layer.launch(layer).pipe(
    (running) => Effect.andThen(stopInTime, running),
    Effect.tapCause(reportFailure),
    // Without a configuration there is no log format either: that failure is told by the default logger.
    Effect.provide(Layer.provideMerge(Telemetry.layer, Layer.tapCause(AppConfig.layer, reportFailure))),
    (program) => NodeRuntime.runMain(program, { teardown, disableErrorReporting: true }),
  )
