import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/**
 * What becomes of a record that cannot become a row as it stands.
 *
 * - `fail`: it ends the load, which leaves nothing.
 * - `reject`: it is set aside, with its place, reason and text, and the load goes on.
 * - `pad`: a record that is only too short or too long becomes a row all the same, filled with NULL or cut at
 *   the table's width, and is counted as a repair; any other is set aside.
 */
export const OnBadRow = Schema.Literals(["fail", "reject", "pad"])
export type OnBadRow = typeof OnBadRow.Type

/** How many records may be set aside before the load fails. */
export type BadRowLimit =
  | { readonly _tag: "Rows"; readonly rows: number }
  | { readonly _tag: "Percent"; readonly percent: number }

const written = /^(?:(\d{1,15})|(\d{1,3}(?:\.\d{1,6})?) ?%)$/

const limitOf = (text: string): BadRowLimit | null => {
  const found = written.exec(text.trim())
  if (found === null) return null
  if (found[1] !== undefined) return { _tag: "Rows", rows: Number(found[1]) }
  const percent = Number(found[2])
  return percent > 100 ? null : { _tag: "Percent", percent }
}

const textOf = (limit: BadRowLimit): string =>
  limit._tag === "Rows" ? String(limit.rows) : `${limit.percent}%`

const isLimit = Schema.makeFilter(
  (given: string | number) =>
    limitOf(String(given)) !== null ||
    'give a number of records, such as 100, or a share of them, such as "10%"',
)

/** A limit as a user writes it: `100`, `"100"` or `"2.5%"`. */
export const MaxBadRows = Schema.Union([Schema.String.check(isLimit), Schema.Natural.check(isLimit)]).pipe(
  Schema.decodeTo(
    Schema.Union([
      Schema.TaggedStruct("Rows", { rows: Schema.Natural }),
      Schema.TaggedStruct("Percent", { percent: Schema.Finite }),
    ]),
    {
      decode: SchemaGetter.transform((given): BadRowLimit => limitOf(String(given))!),
      encode: SchemaGetter.transform((limit): string | number => textOf(limit)),
    },
  ),
)

/**
 * A careful engineer wants every record that is good, and every other one where it can be looked at: neither a load
 * that one odd line has stopped, nor values that nobody wrote.
 */
export const defaultOnBadRow: OnBadRow = "reject"

/**
 * A careful engineer wants the file's good rows, and to be stopped when the file is not what it seemed: a few odd
 * lines are usual in published files, one in ten is not.
 */
export const defaultBadRowLimit: BadRowLimit = { _tag: "Percent", percent: 10 }

/** Before so many records have been set aside, a share of them says nothing about the rest of the file. */
const enoughToJudge = 100_000

/** So many times as dense as the records so far may those of the rest of the file be, for all that is known. */
const densest = 2

/** A share rounded up to a whole record; 11 are 1.1 % of 1000, whatever the product of the two is in binary. */
const allowed = (records: number, percent: number): number =>
  Math.ceil(Number(((records * percent) / 100).toFixed(8)))

/**
 * Whether more records have been set aside than the limit allows.
 *
 * A share is one of the whole file, so it is judged at the end. It is judged before only lest a file of nothing but
 * bad records be stored and thrown away: once 100,000 have been set aside, and if they are too many even when all
 * that is still to come is good. It is rounded up to a whole record, so that one odd line does not cost a small
 * file; but a file of which no record is left has failed. A share of 0 allows none.
 *
 * @param counts records read so far, the rejected among them
 * @param read how much of the file these are of, by its bytes, from 0 to 1; `null`: it is not known
 */
export const isBeyond = (
  limit: BadRowLimit,
  { records, rejected }: { readonly records: number; readonly rejected: number },
  read: "all" | number | null,
): boolean => {
  if (rejected === 0) return false
  if (limit._tag === "Rows") return rejected > limit.rows
  const { percent } = limit
  if (percent === 0) return true
  if (read === "all") return rejected === records ? percent < 100 : rejected > allowed(records, percent)
  if (rejected < enoughToJudge || read === null || read === 0) return false
  const toCome = densest * records * (1 / read - 1)
  return rejected > allowed(records + toCome, percent)
}

/** The limit in words, for messages. */
export const limitInWords = (limit: BadRowLimit): string =>
  limit._tag === "Rows" ? String(limit.rows) : `${limit.percent} %`
