import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { formatLimit, isExceeded, type RejectLimit } from "../Domain/load/options/RejectLimit.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../Domain/load/LoadError.ts"
import { nowhere } from "../Domain/load/SourcePlace.ts"
import type { ProgressCounter } from "./ProgressCounter.ts"

const tooManyRejects = (
  limit: RejectLimit,
  progress: ProgressCounter,
  hint: string | undefined,
): LoadError => {
  const { firstReject, rejects, rowsLoaded, rowsRejected } = progress
  const { byteOffset, column, fileUrl, line, record } = firstReject ?? nowhere
  const reasons = Object.entries(rejects).map(([reason, count]) => `${reason} ${count}`)
  const first = firstReject === null ? "" : ` The first: ${firstReject.message}`
  const advice = hint === undefined ? "" : ` ${hint}`
  return loadError(
    "too_many_bad_rows",
    `${rowsRejected} of ${rowsLoaded + rowsRejected} records cannot be loaded (${reasons.join(", ")}), ` +
      `more than maxBadRows=${formatLimit(limit)} allows.${first}${advice}`,
    { place: { record, line, column, byteOffset, ...(fileUrl === undefined ? {} : { fileUrl }) } },
  )
}

/** @param shareRead the part of the file that has been read, from 0 to 1; `null` if it is not known */
const check = (
  limit: RejectLimit,
  progress: ProgressCounter,
  shareRead: "all" | number | null,
  hint: () => string | undefined,
) => {
  const { rowsLoaded, rowsRejected: rejected } = progress
  return isExceeded(limit, { records: rowsLoaded + rejected, rejected }, shareRead)
    ? Effect.fail(tooManyRejects(limit, progress, hint()))
    : Effect.void
}

/**
 * Counts the records of all batches. Fails with `too_many_bad_rows` when there are more rejects than the limit allows.
 *
 * @param hint a sentence about the cause, if one is known by then
 */
export const failAbove =
  (limit: RejectLimit, progress: ProgressCounter, hint: () => string | undefined = () => undefined) =>
  (batches: Stream.Stream<CopyBatch, LoadError>): Stream.Stream<CopyBatch, LoadError> =>
    batches.pipe(
      Stream.mapArrayEffect((chunk) => {
        for (const batch of chunk) progress.count(batch)
        return Effect.as(check(limit, progress, progress.shareReceived, hint), chunk)
      }),
      Stream.concat(Stream.fromEffectDrain(Effect.suspend(() => check(limit, progress, "all", hint)))),
    )
