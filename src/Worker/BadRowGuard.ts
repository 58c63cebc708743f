import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type BadRowLimit, isBeyond, limitInWords } from "../Domain/load/BadRows.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../Domain/load/LoadError.ts"
import type { Meter } from "./Meter.ts"

const tooMany = (limit: BadRowLimit, meter: Meter): LoadError => {
  const { firstReject, rejects, rowsLoaded, rowsRejected } = meter
  const reasons = Object.entries(rejects).map(([reason, count]) => `${reason} ${count}`)
  const first = firstReject === null ? "" : ` The first: ${firstReject.message}`
  return loadError(
    "too_many_bad_rows",
    `${rowsRejected} of ${rowsLoaded + rowsRejected} records cannot be loaded (${reasons.join(", ")}), ` +
      `more than maxBadRows=${limitInWords(limit)} allows.${first}`,
    firstReject === null
      ? {}
      : {
          place: {
            record: firstReject.record,
            line: firstReject.line,
            column: firstReject.column,
            byteOffset: firstReject.byteOffset,
          },
        },
  )
}

/** Counts the batches on their way to the table, and ends the load where too many records were set aside. */
export const guarded = (
  batches: Stream.Stream<CopyBatch, LoadError>,
  limit: BadRowLimit,
  meter: Meter,
): Stream.Stream<CopyBatch, LoadError> => {
  const check = (read: "all" | number | null) => {
    const { rowsLoaded, rowsRejected: rejected } = meter
    return isBeyond(limit, { records: rowsLoaded + rejected, rejected }, read)
      ? Effect.fail(tooMany(limit, meter))
      : Effect.void
  }
  return batches.pipe(
    Stream.mapArrayEffect((some) => {
      for (const batch of some) meter.count(batch)
      return Effect.as(check(meter.shareReceived), some)
    }),
    Stream.concat(Stream.fromEffectDrain(Effect.suspend(() => check("all")))),
  )
}
