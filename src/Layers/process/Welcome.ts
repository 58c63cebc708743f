import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AppConfig } from "./AppConfig.ts"

/** Says, once everything is up, where it is and what to try first. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { fileserverPort, port } = yield* AppConfig
    yield* Effect.logInfo(
      `Sluice is ready. Documentation: http://localhost:${port}/docs. Try: curl -d ` +
        `"fileUrl=http://localhost:${fileserverPort}/tripsdata.csv" -X POST localhost:${port}/download_file`,
    )
  }),
)
