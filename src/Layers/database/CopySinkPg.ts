import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ClaimLost, CopySink, type TableLoad } from "../../Domain/job/CopySink.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { directLoad } from "./copy/directLoad.ts"
import { stagedLoad } from "./copy/stagedLoad.ts"
import type { PgBossClient } from "./queue/PgBossClient.ts"
import { streamsFor } from "./session/CopyStreams.ts"
import type { LoadConnections } from "./session/LoadConnections.ts"
import { newTable } from "./target/NewTable.ts"

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
        const streams = streamsFor(copyStreams, load.target.bytesTotal)
        return streams === 1 ? yield* directLoad(load, newTable) : yield* stagedLoad(load, newTable, streams)
      },
      // The caller's context wins, because it has the span.
      Effect.updateContext((callers: Context.Context<never>) => Context.merge(context, callers)),
    )
    return CopySink.of({ into: (target, end) => (batches) => load({ target, batches, ...end }) })
  }),
)
