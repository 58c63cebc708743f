import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { availableParallelism } from "node:os"
import { ClaimLost, CopySink, type TableLoad } from "../../Domain/job/CopySink.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { AppConfig, maxCopyStreams } from "../process/AppConfig.ts"
import { directLoad } from "./copy/directLoad.ts"
import { stagedLoad } from "./copy/stagedLoad.ts"
import type { PgBossClient } from "./queue/PgBossClient.ts"
import type { LoadConnections } from "./session/LoadConnections.ts"
import { newTable } from "./target/NewTable.ts"

/** For smaller files, a second connection costs more than it gains. */
const multiStreamSize = ByteSize.toNumberUnsafe(ByteSize.mebibytes(64))

/**
 * How many connections a load uses with `COPY_STREAMS=auto`. The server's number of processors would decide, but
 * Postgres does not report it, so this machine's is used. A file of unknown size gets one connection.
 */
const autoStreams = (bytesTotal: number | null): number =>
  bytesTotal === null || bytesTotal < multiStreamSize ? 1 : Math.min(availableParallelism(), maxCopyStreams)

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
        const streams = copyStreams === "auto" ? autoStreams(load.target.bytesTotal) : copyStreams
        return streams === 1 ? yield* directLoad(load, newTable) : yield* stagedLoad(load, newTable, streams)
      },
      // The caller's context wins, because it has the span.
      Effect.updateContext((callers: Context.Context<never>) => Context.merge(context, callers)),
    )
    return CopySink.of({ into: (target, end) => (batches) => load({ target, batches, ...end }) })
  }),
)
