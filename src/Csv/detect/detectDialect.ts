import * as Effect from "effect/Effect"
import { comma, doubleQuote, hash, space } from "../../Bytes/Ascii.ts"
import { byteOf, type Dialect } from "../record/Dialect.ts"
import type { HeaderRepair } from "../record/HeaderLayout.ts"
import { LineSkip } from "../record/LineSkip.ts"
import { delimitersToTry, type GivenCharacters, occurrences } from "./Candidate.ts"
import { headerSurplus } from "./headerSurplus.ts"
import { isHeader } from "./isHeader.ts"
import type { SampleTable } from "./SampleTable.ts"
import type { TableShape } from "./TableShape.ts"
import { makePauses, type Reading, type ScoredCandidate, tryCandidates } from "./tryCandidates.ts"

/** The format of a file as its sample shows it. */
export interface Detected extends Omit<Dialect, "nulls" | "nullValues"> {
  /** Lines before the header: a title, comments, blank lines. */
  readonly skipLines: number
  /** Number of columns if the header has fewer cells, or surplus cells that are empty; else `null`. */
  readonly columns: number | null
  /** How the header is adapted to that. */
  readonly headerRepair: HeaderRepair | null
  /** The last column has neither a name nor values: most records just end with a delimiter. */
  readonly isLastOptional: boolean
  /** Whether the first record names the columns, judged by the kinds of its cells and of those below. */
  readonly hasHeader: boolean
  /** How the records end; `null` if the sample has no line ending. */
  readonly lineEnding: LineEnding | null
  /** The standard dialect or one column, without a flaw or a close second: a larger sample would hardly change it. */
  readonly isPlain: boolean
}

export type LineEnding = "lf" | "crlf" | "cr" | "mixed"

export interface DetectOptions extends GivenCharacters {
  /** The sample is the whole file. */
  readonly isWhole: boolean
  /** `false` if the user specified the lines to skip: the sample starts with the header. The default is `true`. */
  readonly hasPreamble?: boolean | undefined
}

/** The comment character unless another is specified. */
export const usualComment = "#"

/** Every candidate is tried on this many bytes, and those with the most likely delimiters on the whole sample. */
export const firstLook = 64 * 1024

/** Later lines are ignored: reading a megabyte of very short lines would block the thread. */
const maxLines = 64 * 1024

/** This many records without a flaw leave no doubt. */
const enoughRecords = 20

/** A candidate whose score is lower than the best one by this factor is not tried on the whole sample. */
const hopelessFactor = 10

const characterOf = (byte: number): string | null => (byte === -1 ? null : String.fromCharCode(byte))

const lineEndingOf = ({ carriageReturns, lineFeeds, pairs }: SampleTable): LineEnding | null => {
  const kinds = [carriageReturns, lineFeeds, pairs].filter((count) => count > 0).length
  if (kinds === 0) return null
  if (kinds > 1) return "mixed"
  return lineFeeds > 0 ? "lf" : pairs > 0 ? "crlf" : "cr"
}

const isPlain = (
  { candidate, score, shape, table }: Reading,
  scores: ReadonlyArray<ScoredCandidate>,
): boolean =>
  (candidate.delimiter === comma || scores.every((other) => other.candidate.delimiter === -1)) &&
  candidate.quote === doubleQuote &&
  candidate.escape === doubleQuote &&
  !candidate.skipInitialSpace &&
  candidate.recordEnd === "any" &&
  table.malformed + table.undoubled === 0 &&
  shape.header === 0 &&
  shape.comments === 0 &&
  shape.regular === shape.records &&
  shape.records >= enoughRecords &&
  scores.every((other) => other.candidate.delimiter === candidate.delimiter || other.score < score / 2)

const headerRepair = ({ shape, table }: Reading): HeaderRepair | null => {
  if (!shape.isHeaderUneven) return null
  const width = table.records[shape.header]!.width
  return width > shape.width
    ? { added: 0, cut: width - shape.width, surplus: "last" }
    : { added: shape.width - width, cut: 0, surplus: headerSurplus(table, shape) }
}

/** Whether every record is clearly a comment, with a space after its `#`. A tag such as `#one` has none. */
const hasOnlyComments = ({ bytes, records }: SampleTable): boolean =>
  records.every(({ start }) => bytes[start] === hash && bytes[start + 1] === space)

/**
 * Whether exactly one space follows every delimiter before a value, from the header on, in at least two records. It is
 * then part of the delimiter.
 */
const isDelimiterSpaced = ({ records }: SampleTable, { header, width }: TableShape): boolean => {
  const regular = records.slice(header).filter((record) => record.width === width)
  return regular.every(({ spaced }) => spaced >= 0) && regular.filter(({ spaced }) => spaced > 0).length > 1
}

/** The best reading of the sample, and the scores of all candidates that were compared with it. */
const findBest = Effect.fnUntraced(function* (bytes: Uint8Array, options: DetectOptions) {
  const trialOptions = {
    given: options,
    hasPreamble: options.hasPreamble ?? true,
    comment: options.comment === undefined ? null : byteOf(options.comment),
  }
  const pauseAfter = makePauses()
  yield* pauseAfter(bytes.length)
  const isShort = bytes.length <= firstLook
  const start = occurrences(bytes.subarray(0, firstLook))
  const first = yield* tryCandidates(
    {
      found: start,
      isWhole: isShort && options.isWhole,
      delimiters: delimitersToTry(start, options),
      excluded: [],
    },
    trialOptions,
    pauseAfter,
  )
  // There is always a candidate, with or without quotes.
  const best = first.best!
  if (isShort) return { best, scores: first.scores }
  const [rival] = first.scores
    .filter(
      ({ candidate, score }) => candidate.delimiter !== best.candidate.delimiter && score >= best.score / 2,
    )
    .toSorted((one, other) => other.score - one.score)
  const second = yield* tryCandidates(
    {
      found: occurrences(bytes),
      isWhole: options.isWhole,
      delimiters: [best, ...(rival === undefined ? [] : [rival])].map(({ candidate }) => candidate.delimiter),
      excluded: first.scores
        .filter(({ score }) => score < best.score / hopelessFactor)
        .map(({ candidate }) => candidate),
    },
    trialOptions,
    pauseAfter,
  )
  return { best: second.best ?? best, scores: second.scores }
})

const detectBelow = Effect.fnUntraced(function* (bytes: Uint8Array, options: DetectOptions) {
  const { best, scores } = yield* findBest(bytes, options)
  const { candidate, shape, table } = best
  const isEmpty =
    options.isWhole && (options.comment === undefined ? hasOnlyComments(table) : table.records.length === 0)
  const header = table.records[shape.header]
  const skipLines = isEmpty ? Infinity : (header?.line ?? 0)
  const comment = shape.comments > 0 ? usualComment : null
  return {
    delimiter: characterOf(candidate.delimiter),
    quote: characterOf(candidate.quote),
    escape: characterOf(candidate.escape)!,
    skipInitialSpace: candidate.skipInitialSpace || isDelimiterSpaced(table, shape),
    recordEnd: candidate.recordEnd,
    comment: options.comment === undefined ? comment : options.comment,
    skipLines: (options.hasPreamble ?? true) ? skipLines : 0,
    columns: shape.isHeaderUneven ? shape.width : null,
    headerRepair: headerRepair(best),
    isLastOptional: shape.isLastEmpty,
    hasHeader: isHeader(table, shape),
    lineEnding: lineEndingOf(table),
    isPlain: isPlain(best, scores),
  } satisfies Detected
})

/** `sep=;`: Excel's line that specifies the delimiter. */
const delimiterLine = /^"?sep=([,;\t|:])"?(?:\r\n|\r|\n)/i

/**
 * Detects how a file is written. Reads the sample in every plausible dialect, and takes the one whose records agree most
 * in their number of fields and whose cells look most like values (after van den Burg, Nazábal and Sutton, "Wrangling messy
 * CSV files by detecting row and type patterns", 2019). Given characters are kept. Other fibers run between the readings of
 * a large sample.
 *
 * @param sample the beginning of the file in UTF-8, without its byte order mark
 */
export const detectDialect = Effect.fnUntraced(function* (sample: Uint8Array, options: DetectOptions) {
  const bytes = sample.subarray(0, new LineSkip(maxLines).push(sample))
  const isWhole = options.isWhole && bytes.length === sample.length
  const line =
    options.hasPreamble === false ? null : delimiterLine.exec(String.fromCharCode(...bytes.subarray(0, 9)))
  if (line === null) return yield* detectBelow(bytes, { ...options, isWhole })
  const detected = yield* detectBelow(bytes.subarray(line[0].length), {
    ...options,
    isWhole,
    delimiter: options.delimiter ?? line[1],
  })
  return { ...detected, skipLines: detected.skipLines + 1 }
})
