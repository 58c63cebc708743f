import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ClaimLost, CopySink, type TableLoad } from "../../Domain/job/CopySink.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { AppConfig } from "../process/AppConfig.ts"
import type { PgBossClient } from "./queue/PgBossClient.ts"
import { streamsFor } from "./session/CopyStreams.ts"
import { directLoad } from "./copy/DirectLoad.ts"
import type { LoadConnections } from "./session/LoadConnections.ts"
import { stagedLoad } from "./copy/StagedLoad.ts"

/** `CopySink` on Postgres 15 to 18. */
export const layer = Layer.effect(
  CopySink,
  Effect.gen(function* () {
    const { copyStreams } = yield* AppConfig
    const context = yield* Effect.context<PgBossClient | LoadConnections>()
    const load = Effect.fn("CopySink.load")(
      function* (
        load: TableLoad,
      ): Effect.fn.Return<number, LoadError | ClaimLost, PgBossClient | LoadConnections> {
        const streams = streamsFor(copyStreams, load.bytesTotal)
        return streams === 1 ? yield* directLoad(load) : yield* stagedLoad(load, streams)
      },
      // The caller's context wins: it holds the span.
      Effect.updateContext((callers: Context.Context<never>) => Context.merge(context, callers)),
    )
    return CopySink.of({ load })
  }),
)
