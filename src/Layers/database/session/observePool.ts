import * as Effect from "effect/Effect"
import type { Pool } from "pg"
import { observe } from "../../../Domain/telemetry/Metrics.ts"

/** Shows a pool's connections in the metrics. */
export const observePool = (name: string, pool: Pool, max: number) =>
  Effect.gen(function* () {
    const attributes = { "db.client.connection.pool.name": name }
    const inState = (state: string) => ({ ...attributes, "db.client.connection.state": state })
    yield* observe("db.client.connection.count", inState("idle"), () => pool.idleCount)
    yield* observe("db.client.connection.count", inState("used"), () => pool.totalCount - pool.idleCount)
    yield* observe("db.client.connection.max", attributes, () => max)
    yield* observe("db.client.connection.pending_requests", attributes, () => pool.waitingCount)
  })
