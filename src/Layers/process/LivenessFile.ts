import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Liveness } from "../../Domain/service/Liveness.ts"
import { AppConfig } from "./AppConfig.ts"

/** Writes `LIVENESS_FILE`, so that a health check can compare its modification time with the clock. */
export const layer = Layer.effect(
  Liveness,
  Effect.gen(function* () {
    const { livenessFile } = yield* AppConfig
    if (Option.isNone(livenessFile)) return Liveness.of({ reportAlive: Effect.void })
    const files = yield* FileSystem.FileSystem
    const path = livenessFile.value
    return Liveness.of({
      reportAlive: files
        .writeFileString(path, "")
        .pipe(
          Effect.catch((error) => Effect.logWarning(`LIVENESS_FILE cannot be written: ${error.message}`)),
        ),
    })
  }),
)
