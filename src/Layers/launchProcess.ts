import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Runtime from "effect/Runtime"
import type { Role } from "./telemetry/resourceAttributes.ts"
import { EndProcess } from "../Domain/service/EndProcess.ts"
import { AppConfig } from "./process/AppConfig.ts"
import { messageOf } from "./process/describeFailure.ts"
import * as LogOutput from "./process/LogOutput.ts"
import * as StopSignals from "./process/StopSignals.ts"
import * as UrlMaskingConfig from "./process/UrlMaskingConfig.ts"
import * as Telemetry from "./telemetry/Telemetry.ts"

/** Why the process ends itself. */
let failure: string | null = null

/** Once: a second signal would stop at once. */
const endProcess = (why: string | null): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (yield* StopSignals.isStopping) return
    failure = why
    process.emit("SIGTERM", "SIGTERM")
  })

/** Exits with 0 after SIGINT or SIGTERM, where Effect's default is 130. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(failure === null && (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) ? 0 : 1)

/** Logs in one line that the process stops, and why; at debug level also the whole cause. */
const reportEnd = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause))
    return failure === null ? Effect.logInfo("stopped") : Effect.logFatal(`stopped: ${failure}`)
  const error = Cause.squash(cause)
  return Effect.andThen(
    Effect.logFatal(`stopped: ${messageOf(error)}`),
    Effect.logDebug("the whole cause", cause),
  )
}

/** Runs a process made of layers until SIGINT or SIGTERM, with its configuration, logs and traces. */
export const launchProcess =
  (role: Role) =>
  <A, E>(layer: Layer.Layer<A, E, AppConfig>): void =>
    Layer.launch(layer).pipe(
      Effect.provide(StopSignals.layer),
      Effect.provideService(EndProcess, endProcess),
      Effect.onError((cause) => reportEnd(cause)),
      Effect.provide(
        Telemetry.layer(role).pipe(
          Layer.provideMerge(UrlMaskingConfig.layer),
          Layer.provideMerge(Layer.tapCause(AppConfig.layer, reportEnd)),
          // For a configuration that cannot be read.
          Layer.provideMerge(LogOutput.layerConfig),
        ),
      ),
      (program) => NodeRuntime.runMain(program, { teardown, disableErrorReporting: true }),
    )
