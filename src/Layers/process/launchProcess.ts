import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Runtime from "effect/Runtime"
import type { Role } from "../telemetry/resourceAttributes.ts"
import { AppConfig } from "./AppConfig.ts"
import { messageOf } from "./describeFailure.ts"
import * as Telemetry from "./Telemetry.ts"

/** Exits with 0 after SIGINT or SIGTERM, where Effect's default is 130. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)

const unitsHint = 'A duration is written like "30 seconds", a size like "16 MiB".'

/** Logs in one line why the process stops; at debug level also the whole cause. */
const reportFailure = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  const message =
    error instanceof Config.ConfigError
      ? `invalid environment: ${error.cause.message.replaceAll(/\s+/g, " ")}. ${unitsHint}`
      : messageOf(error)
  return Effect.andThen(Effect.logFatal(`stopped: ${message}`), Effect.logDebug("the whole cause", cause))
}

/** Time for a shutdown beyond the grace of running loads. */
const shutdownTimeout = Duration.seconds(15)

/**
 * Exits when a shutdown takes too long: a hung connection in a driver that cannot be interrupted must not keep the
 * process. Jobs it still held return to the queue as after a crash.
 */
const limitShutdown = Effect.gen(function* () {
  const { shutdownGrace } = yield* AppConfig
  const limit = Duration.toMillis(Duration.sum(shutdownGrace, shutdownTimeout))
  const arm = () => void setTimeout(() => process.exit(1), limit).unref()
  process.once("SIGTERM", arm)
  process.once("SIGINT", arm)
  // Closing the terminal stops the process like Ctrl-C.
  process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))
})

/** Runs a process made of layers until SIGINT or SIGTERM, with its configuration, logs and traces. */
export const launchProcess =
  (role: Role) =>
  <A, E>(layer: Layer.Layer<A, E, AppConfig>): void =>
    Layer.launch(layer).pipe(
      (running) => Effect.andThen(limitShutdown, running),
      Effect.tapCause(reportFailure),
      // A configuration that fails leaves no log format, so that failure goes to the default logger.
      Effect.provide(
        Layer.provideMerge(Telemetry.layer(role), Layer.tapCause(AppConfig.layer, reportFailure)),
      ),
      (program) => NodeRuntime.runMain(program, { teardown, disableErrorReporting: true }),
    )
