import * as Effect from "effect/Effect"
import type { CsvOptions } from "../../Domain/load/CsvOptions.ts"
import {
  type Detected,
  detectDialect,
  firstLook,
  type LineEnding,
  usualComment,
} from "../detect/DetectDialect.ts"
import { type Dialect, standard } from "../record/Dialect.ts"
import type { HeaderLayout, HeaderRepair } from "../record/HeaderLayout.ts"
import { joinBytes } from "../../Bytes/joinBytes.ts"
import { LineSkip } from "../record/LineSkip.ts"
import { Arrivals } from "./Arrivals.ts"
import type { Utf8Reader } from "../encoding/Utf8Reader.ts"
import type { Patience } from "./Patience.ts"
import { emptySample, grown, type Sample, startingWith, textOf } from "./TextChunks.ts"
import { type NextChunk } from "../../Bytes/NextChunk.ts"

/** Most of a file that is looked at before its first row. */
const sampleSize = 1024 * 1024

/** How a file is written: what was said about it, and what was found out. */
export interface Found {
  readonly dialect: Dialect
  readonly layout: HeaderLayout
  /** `null`: the header has as many cells as the records. */
  readonly headerRepair: HeaderRepair | null
  /** Lines before the header. */
  readonly skipLines: number
  /** How the records end; `null`: there was no line ending. */
  readonly recordEnd: LineEnding | null
}

/** A sign that means something else begins no comment. */
const commentOf = ({ comment, delimiter, escape, quote }: CsvOptions): string | null | undefined =>
  comment === undefined && [delimiter, quote, escape].includes(usualComment) ? null : comment

const detect = ({ bytes, isWhole }: Sample, options: CsvOptions) =>
  detectDialect(bytes.subarray(new LineSkip(options.skipLines ?? 0).push(bytes)), {
    isWhole,
    delimiter: options.delimiter,
    quote: options.quote,
    escape: options.escape,
    comment: commentOf(options),
    hasPreamble: options.skipLines === undefined,
  })

const found = (detected: Detected, options: CsvOptions): Found => {
  const hasHeader = options.header === "auto" ? detected.hasHeader : (options.header ?? true)
  return {
    dialect: {
      delimiter: detected.delimiter,
      quote: detected.quote,
      escape: detected.escape,
      recordEnd: detected.recordEnd,
      skipInitialSpace: detected.skipInitialSpace,
      comment: detected.comment,
      nulls: standard.nulls,
      nullValues: options.nullValues ?? standard.nullValues,
    },
    skipLines: options.skipLines ?? detected.skipLines,
    layout: {
      hasHeader,
      columns: detected.columns,
      surplus: detected.headerRepair?.surplus ?? "last",
      isLastOptional: hasHeader && detected.isLastOptional,
    },
    headerRepair: hasHeader ? detected.headerRepair : null,
    recordEnd: detected.lineEnding,
  }
}

/**
 * Finds out how a file is written from its first megabyte, or from all of it, or, when that is plain enough, from
 * its first 64 KiB; from less where patience ends before. Gives the whole text as `text`.
 *
 * @param next the bytes that `reader` reads
 */
export const findDialect = Effect.fnUntraced(function* (
  next: NextChunk,
  reader: Utf8Reader,
  patience: Patience,
  options: CsvOptions,
) {
  const arrivals = new Arrivals(textOf(next, reader), yield* Effect.scope)
  let sample: Sample = yield* grown(emptySample, firstLook, arrivals, patience)
  if (!sample.isWhole && sample.bytes.length >= firstLook) {
    const early = yield* detect({ bytes: sample.bytes.subarray(0, firstLook), isWhole: false }, options)
    if (early.isPlain) return { ...found(early, options), text: startingWith(sample.bytes, arrivals.next) }
    sample = yield* grown(sample, sampleSize, arrivals, patience)
  }
  // Bytes whose encoding was still open have been waited for long enough too.
  if (!sample.isWhole && sample.bytes.length < sampleSize)
    sample = { bytes: joinBytes(sample.bytes, reader.release()), isWhole: false }
  const { bytes, isWhole } = sample
  const isCut = bytes.length > sampleSize
  const detected = yield* detect(
    { bytes: isCut ? bytes.subarray(0, sampleSize) : bytes, isWhole: isWhole && !isCut },
    options,
  )
  return { ...found(detected, options), text: startingWith(bytes, arrivals.next) }
})
