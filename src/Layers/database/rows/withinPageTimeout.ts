import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { run, type Statement } from "../postgres/Statement.ts"
import { PageTimeout } from "./ReadingPool.ts"

/** Runs statements of a transaction, each within what is left of the time that all have, from now on. */
export const withinPageTimeout = Effect.fnUntraced(function* (reading: SqlClient.SqlClient) {
  const began = yield* Clock.currentTimeMillis
  const timeout = Duration.toMillis(yield* PageTimeout)
  return Effect.fnUntraced(function* (statement: Statement) {
    const left = timeout - ((yield* Clock.currentTimeMillis) - began)
    yield* reading`select set_config('statement_timeout', ${String(Math.max(1, left))}::text, true)`
    return yield* run(reading, statement)
  })
})
