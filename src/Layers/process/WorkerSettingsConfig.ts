import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WorkerSettings } from "../../Domain/service/WorkerSettings.ts"
import { AppConfig } from "./AppConfig.ts"

/** `WorkerSettings` from the environment. */
export const layer = Layer.effect(
  WorkerSettings,
  Effect.map(AppConfig, (config) =>
    WorkerSettings.of({
      slots: config.workerConcurrency,
      shutdownGrace: config.shutdownGrace,
      maxAttempts: config.maxAttempts,
      maxRecordSize: config.maxRecordSize,
    }),
  ),
)
