import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import { CallbackPolicy } from "../../../Domain/job/webhook/CallbackPolicy.ts"
import { SourceId } from "../../../Domain/job/SourceId.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { shortestPause } from "../../../Domain/refresh/RefreshSchedule.ts"
import { IntervalTooShort, TableHasSource } from "../../../Domain/refresh/Sources.ts"
import { scheduleOf, type WrittenSchedule } from "../../../Domain/refresh/WrittenSchedule.ts"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached, type LimitScope } from "../../../Domain/service/Limits.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { run } from "../postgres/Statement.ts"
import * as SourceStatements from "./SourceStatements.ts"

const decodeIds = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ id: SourceId })))

const reached = (scope: LimitScope) => new LimitReached({ limit: "sources", scope, retryAfter: 60 })

/** What a source must fulfil to be created or changed. The rules that read other sources need the lock of the owner. */
export const make = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const { sourceMinInterval, sourcesPerCaller, totalSources } = yield* AppConfig
  const callbackPolicy = yield* CallbackPolicy
  return {
    /** The schedule of the source, if the operator allows it and its receiver. */
    requireAllowed: Effect.fnUntraced(function* (written: WrittenSchedule, callbackUrl: string | undefined) {
      const schedule = scheduleOf(written)
      if (schedule !== null && Duration.isLessThan(shortestPause(schedule, new Date()), sourceMinInterval))
        return yield* new IntervalTooShort({
          minimum: sourceMinInterval,
          option: schedule._tag === "Every" ? "every" : "cron",
        })
      if (callbackUrl !== undefined) yield* callbackPolicy.check(callbackUrl)
      return schedule
    }),

    requireNoConflict: Effect.fnUntraced(function* (
      id: SourceId,
      place: SourceStatements.SourceTable,
      mode: LoadOptions["mode"],
    ) {
      const [other] = decodeIds(yield* run(sql, SourceStatements.conflicting(id, place, mode === "replace")))
      if (other !== undefined) return yield* new TableHasSource({ sourceId: other.id, table: place.table })
    }),

    /** Fails if the caller, or all callers, may have no more sources. */
    requireRoom: Effect.fnUntraced(function* (caller: CallerId) {
      const [counts] = yield* run(sql, SourceStatements.countOf(caller))
      if (Number(counts?.["caller"]) >= sourcesPerCaller) return yield* reached("caller")
      if (Number(counts?.["total"]) >= totalSources) return yield* reached("total")
    }),
  }
})
