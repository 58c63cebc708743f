import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/** How many records may be rejected before the load fails. */
export type RejectLimit =
  | { readonly _tag: "Rows"; readonly rows: number }
  | { readonly _tag: "Percent"; readonly percent: number }

const notation = /^(?:(\d{1,15})|(\d{1,3}(?:\.\d{1,6})?) ?%)$/

const parse = (text: string): RejectLimit | null => {
  const parts = notation.exec(text.trim())
  if (parts === null) return null
  if (parts[1] !== undefined) return { _tag: "Rows", rows: Number(parts[1]) }
  const percent = Number(parts[2])
  return percent > 100 ? null : { _tag: "Percent", percent }
}

/** The limit as a user may write it. */
export const formatLimit = (limit: RejectLimit): string =>
  limit._tag === "Rows" ? String(limit.rows) : `${limit.percent}%`

const isLimit = (written: string | number): boolean => parse(String(written)) !== null

/** A limit as a user writes it: `100`, `"100"` or `"2.5%"`. */
export const RejectLimit = Schema.Union([
  Schema.String.check(Schema.makeFilter(isLimit, { toJsonSchema: () => ({ pattern: notation.source }) })),
  Schema.Natural.check(Schema.makeFilter(isLimit)),
]).pipe(
  Schema.decodeTo(
    Schema.Union([
      Schema.TaggedStruct("Rows", { rows: Schema.Natural }),
      Schema.TaggedStruct("Percent", { percent: Schema.Finite }),
    ]),
    {
      decode: SchemaGetter.transform((written): RejectLimit => parse(String(written))!),
      encode: SchemaGetter.transform((limit): string | number => formatLimit(limit)),
    },
  ),
)

/** A few odd lines are usual in published files; one in ten means that the file is not what it seemed to be. */
export const defaultRejectLimit: RejectLimit = { _tag: "Percent", percent: 10 }

/** With fewer rejects so far, their share says little about the rest of the file. */
const minRejectsForEstimate = 100_000

/** The records of the rest of the file may be this many times as dense as those so far. */
const maxDensityRatio = 2

/** The share, rounded up to a whole record. `toFixed` undoes binary rounding: 1.1 % of 1000 are 11 records. */
const allowedOf = (records: number, percent: number): number =>
  Math.ceil(Number(((records * percent) / 100).toFixed(8)))

/**
 * Whether more records were rejected than the limit allows.
 *
 * A percentage is one of the whole file, so it is checked at the end. It is also checked earlier, once 100,000
 * records are rejected, so that a file of nothing but rejects is not stored and thrown away: then it is exceeded only
 * if it would be even with no further reject. It is rounded up to a whole record, so that one odd line does not fail
 * a small file. A file with no row left exceeds every percentage below 100, and one reject exceeds 0 %.
 *
 * @param counts records read so far, including the rejected ones
 * @param read the share of the file's bytes that these are, from 0 to 1; `null` if unknown
 */
export const isExceeded = (
  limit: RejectLimit,
  { records, rejected }: { readonly records: number; readonly rejected: number },
  read: "all" | number | null,
): boolean => {
  if (rejected === 0) return false
  if (limit._tag === "Rows") return rejected > limit.rows
  const { percent } = limit
  if (percent === 0) return true
  if (read === "all") return rejected === records ? percent < 100 : rejected > allowedOf(records, percent)
  if (rejected < minRejectsForEstimate || read === null || read === 0) return false
  const remaining = maxDensityRatio * records * (1 / read - 1)
  return rejected > allowedOf(records + remaining, percent)
}

/** Refuses a limit that has no effect. */
export const limitHasEffect = Schema.makeFilter(
  (options: { readonly onBadRow?: string; readonly maxBadRows?: RejectLimit }) =>
    options.onBadRow !== "fail" || options.maxBadRows === undefined
      ? true
      : {
          path: ["maxBadRows"],
          issue:
            "maxBadRows has no effect with onBadRow=fail, which fails at the first bad record: give one of them",
        },
)
