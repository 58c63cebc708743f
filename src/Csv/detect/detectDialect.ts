import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { colon, comma, doubleQuote, hash, space } from "../../Bytes/Ascii.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { byteOf, type Dialect } from "../record/Dialect.ts"
import type { HeaderRepair } from "../record/HeaderLayout.ts"
import { LineSkip } from "../record/LineSkip.ts"
import { CellKind } from "./cell/CellKind.ts"
import { type ChoiceOptions, type ChosenReading, chooseReading } from "./chooseReading.ts"
import { type ComparedCandidate, compareDelimiters } from "./compareDelimiters.ts"
import type { MeasuredSample } from "./cost/MeasuredSample.ts"
import type { Reading } from "./cost/readings.ts"
import { looksLikeRecord } from "./cost/tableRules.ts"
import {
  type Candidate,
  candidatesWith,
  delimitersToTry,
  type GivenCharacters,
  type Occurrences,
  occurrences,
} from "./table/Candidate.ts"
import { detectionWarnings } from "./detectionWarnings.ts"
import { headerSurplus } from "./headerSurplus.ts"
import { isComment, type SampleTable } from "./table/SampleTable.ts"
import { makePauses, type ScoredCandidate, type ScoredTable, tryCandidates } from "./tryCandidates.ts"

/** The format of a file as its sample shows it. */
export interface Detected extends Omit<Dialect, "nulls" | "nullValues"> {
  /** Lines before the header: a title, comments, blank lines. */
  readonly skipLines: number
  /** Number of fields in the records; `null` if there are none. */
  readonly width: number | null
  /** Number of columns if the header has fewer cells, or surplus cells that are empty; else `null`. */
  readonly columns: number | null
  /** How the header is adapted to that. */
  readonly headerRepair: HeaderRepair | null
  /** Number of the last columns that records may lack: they have no values, or no name. */
  readonly optionalColumns: number
  /** Whether the first record names the columns, judged by the kinds of its cells and of those below. */
  readonly hasHeader: boolean
  /** How the records end; `null` if the sample has no line ending. */
  readonly lineEnding: LineEnding | null
  readonly warnings: ReadonlyArray<LoadWarning>
  /** The standard dialect or one column, without a flaw or a close second: a larger sample would hardly change it. */
  readonly isPlain: boolean
}

export type LineEnding = "lf" | "crlf" | "cr" | "mixed"

export interface DetectOptions extends GivenCharacters {
  /** The sample is the whole file. */
  readonly isWhole: boolean
  /** `false` if the user specified the lines to skip: the sample starts with the header. The default is `true`. */
  readonly hasPreamble?: boolean | undefined
  /** Lines of the file before the sample, for the line numbers of warnings. The default is 0. */
  readonly linesBefore?: number | undefined
  /** Whether the first record names the columns. The default is `true`; `auto`: it is detected. */
  readonly hasHeader?: boolean | "auto" | undefined
}

/** The comment character unless another is specified. */
export const usualComment = "#"

/** Every candidate is tried on this many bytes, and those with the most likely delimiters on the whole sample. */
export const firstLook = 64 * 1024

/** Later lines are ignored: reading a megabyte of very short lines would block the thread. */
const maxLines = 64 * 1024

/** This many records without a flaw leave no doubt. */
const enoughRecords = 20

/** Bytes that are read at most in the trials on the first look, and on the whole sample. */
const maxFirstTrialBytes = 1024 * 1024
const maxTrialBytes = 2 * 1024 * 1024
/** Every candidate is tried on at least this many. */
const minTrialBytes = 16 * 1024

const characterOf = (byte: number): string | null => (byte === -1 ? null : String.fromCharCode(byte))

const lineEndingOf = ({ carriageReturns, lineFeeds, pairs }: SampleTable): LineEnding | null => {
  const kinds = [carriageReturns, lineFeeds, pairs].filter((count) => count > 0).length
  if (kinds === 0) return null
  if (kinds > 1) return "mixed"
  return lineFeeds > 0 ? "lf" : pairs > 0 ? "crlf" : "cr"
}

/** Whether the sample has no flaw with the best candidate, and no other delimiter is a close second. */
const isClear = ({ candidate, score, table }: ScoredTable, scores: ReadonlyArray<ScoredCandidate>): boolean =>
  table.malformed + table.undoubled === 0 &&
  table.records.length >= enoughRecords &&
  table.records.every(({ width }) => width === table.records[0]!.width) &&
  scores.every((other) => other.candidate.delimiter === candidate.delimiter || other.score < score / 2)

const isPlain = (
  best: ScoredTable,
  { reading }: ChosenReading,
  scores: ReadonlyArray<ScoredCandidate>,
): boolean => {
  const { candidate } = best
  return (
    (candidate.delimiter === comma || scores.every((other) => other.candidate.delimiter === -1)) &&
    candidate.quote === doubleQuote &&
    candidate.escape === doubleQuote &&
    !candidate.skipInitialSpace &&
    candidate.recordEnd === "any" &&
    reading.header === 0 &&
    isClear(best, scores)
  )
}

/** How the header is adapted to the records, and how many of the last columns a record may lack. */
const headerLayout = (table: SampleTable, { reading, sample }: ChosenReading) => {
  const { hasHeader, header, width } = reading
  const first = sample.firstCell[header]!
  const names = sample.records[header]!.width
  const last = sample.filled[header]!
  const none = { columns: null, headerRepair: null, optionalColumns: 0 }
  if (!hasHeader || names === width) return none
  const cut = names - width
  if (cut > 0) {
    let empty = 0
    for (let cell = first; cell < first + names; cell++) if (sample.kind[cell] === CellKind.empty) empty++
    // Names that no record has a value for are columns; the number of the empty ones shows whether they are superfluous.
    if (empty !== cut && last > width) return { ...none, optionalColumns: cut }
    return { columns: width, headerRepair: { added: 0, cut, surplus: "last" } as const, optionalColumns: 0 }
  }
  const added = -cut
  return {
    columns: width,
    headerRepair: { added, cut: 0, surplus: headerSurplus(table, reading) },
    optionalColumns: isEmptyBelow(sample, reading, names) ? added : 0,
  }
}

/** Whether no record has a value in the columns from this one on. */
const isEmptyBelow = (sample: MeasuredSample, { end, header, width }: Reading, column: number): boolean => {
  for (let index = header + 1; index < end; index++)
    if (sample.records[index]!.width === width && sample.filled[index]! > column) return false
  return true
}

/** Whether every record is clearly a comment, with a space after its `#`. A tag such as `#one` has none. */
const hasOnlyComments = ({ bytes, records }: SampleTable): boolean =>
  records.every(({ start }) => bytes[start] === hash && bytes[start + 1] === space)

/**
 * Whether exactly one space follows every delimiter before a value, from the header on, in at least two records. It is
 * then part of the delimiter.
 */
const isDelimiterSpaced = ({ reading, sample }: ChosenReading): boolean => {
  const { end, header, width } = reading
  const regular = sample.records.slice(header, end).filter((record) => record.width === width)
  return regular.every(({ spaced }) => spaced >= 0) && regular.filter(({ spaced }) => spaced > 0).length > 1
}

/** The comment sign, if lines among the records look like comments. */
const commentOf = (chosen: ChosenReading | null): string | null => {
  if (chosen === null || chosen.reading.width === 1) return null
  const { reading, sample } = chosen
  for (let index = reading.header + 1; index < sample.records.length; index++) {
    const record = sample.records[index]!
    if (record.width !== reading.width && isComment(sample.table, record, hash)) return usualComment
  }
  return null
}

/** The best-scoring candidate of each delimiter. */
const bestOfDelimiters = (scores: ReadonlyArray<ScoredCandidate>): ReadonlyArray<Candidate> => {
  const best = new Map<number, ScoredCandidate>()
  for (const one of scores) {
    const other = best.get(one.candidate.delimiter)
    if (one.score > 0 && (other === undefined || one.score > other.score))
      best.set(one.candidate.delimiter, one)
  }
  return [...best.values()].map(({ candidate }) => candidate)
}

/** A delimiter with a lower score than another is chosen if the sample takes this many bits less with it. */
const clearBits = 15
/** Prose has delimiters as well, so they split one column only without spaces after them, and with few misfits. */
const clearBitsFromOneColumn = 30
const maxShareOfMisfits = 0.1
/** Fewer records show too little. */
const minComparedRecords = 3

const splitsCleanly = ({ reading, sample }: ChosenReading): boolean =>
  reading.hasHeader &&
  reading.misfits <= maxShareOfMisfits * reading.records &&
  !sample.records.slice(reading.header, reading.end).some(({ spaced }) => spaced > 0)

/** The delimiter with the best score, or a clearly cheaper one. Colons are in times and links, so they need the best score. */
const chooseDelimiter = (scored: number, compared: ReadonlyArray<ComparedCandidate>): number => {
  const bitsOfScored = compared.find(({ candidate }) => candidate.delimiter === scored)?.bits ?? Infinity
  const best = compared.find(({ candidate: { delimiter } }) => delimiter !== -1 && delimiter !== colon)
  if (best?.chosen == null || best.chosen.records < minComparedRecords) return scored
  if (scored === -1 && !splitsCleanly(best.chosen)) return scored
  const margin = scored === -1 ? clearBitsFromOneColumn : clearBits
  return best.bits + margin < bitsOfScored ? best.candidate.delimiter : scored
}

/** The beginning of the sample on which all candidates can be tried within a number of bytes. */
const within = (found: Occurrences, candidates: number, maxBytes: number): Occurrences => {
  const most = Math.max(minTrialBytes, Math.floor(maxBytes / Math.max(1, candidates)))
  return found.bytes.length <= most ? found : { ...found, bytes: found.bytes.subarray(0, most) }
}

/** The two best candidates of the first look, and those with characters that were not in it. */
const likelyCandidates = (
  candidates: ReadonlyArray<Candidate>,
  scores: ReadonlyArray<ScoredCandidate>,
): ReadonlyArray<Candidate> => {
  const scoreOf = (candidate: Candidate): number =>
    scores.find((other) => Equal.equals(other.candidate, candidate))?.score ?? Infinity
  const tried = candidates.map(scoreOf).filter((score) => score < Infinity)
  const enough = tried.toSorted((a, b) => b - a)[1] ?? 0
  return candidates.filter((candidate) => scoreOf(candidate) >= enough)
}

/** The best reading of the sample, the delimiters by their bits, and the scores of the candidates it was compared with. */
const findBest = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  options: DetectOptions,
  choice: ChoiceOptions,
) {
  const trialOptions = {
    given: options,
    hasPreamble: options.hasPreamble ?? true,
    comment: options.comment === undefined ? null : byteOf(options.comment),
  }
  const pauseAfter = makePauses()
  yield* pauseAfter(bytes.length)
  const isShort = bytes.length <= firstLook
  const start = occurrences(bytes.subarray(0, firstLook))
  const delimiters = delimitersToTry(start, options)
  const all = delimiters.flatMap((delimiter) => candidatesWith(start, delimiter, options))
  const firstFound = within(start, all.length, maxFirstTrialBytes)
  const first = yield* tryCandidates(
    { found: firstFound, isWhole: isShort && firstFound === start && options.isWhole, candidates: all },
    trialOptions,
    pauseAfter,
  )
  const best = first.best!
  const others = bestOfDelimiters(first.scores)
  const leavesNoDoubt = others.length < 2 || (best.candidate.delimiter !== -1 && isClear(best, first.scores))
  const compared = leavesNoDoubt ? [] : yield* compareDelimiters(bytes, others, choice, pauseAfter)
  const delimiter = leavesNoDoubt
    ? best.candidate.delimiter
    : chooseDelimiter(best.candidate.delimiter, compared)
  const isComplete = isShort && firstFound === start
  if (isComplete && delimiter === best.candidate.delimiter) return { best, compared, scores: first.scores }
  const found = isShort ? start : occurrences(bytes)
  const likely = likelyCandidates(candidatesWith(found, delimiter, options), first.scores)
  const looked = within(found, likely.length, maxTrialBytes)
  const second = yield* tryCandidates(
    { found: looked, isWhole: looked === found && options.isWhole, candidates: likely },
    trialOptions,
    pauseAfter,
  )
  return { best: second.best ?? best, compared, scores: second.scores }
})

const detectBelow = Effect.fnUntraced(function* (bytes: Uint8Array, options: DetectOptions) {
  const { comment: givenComment, hasHeader = true, hasPreamble = true, isWhole, linesBefore = 0 } = options
  const choice = {
    isWhole,
    hasPreamble,
    hasHeader: hasHeader === "auto" ? null : hasHeader,
    mayBeOneColumn: options.delimiter !== undefined,
    comment: givenComment === undefined ? null : byteOf(givenComment),
  }
  const { best, compared, scores } = yield* findBest(bytes, options, choice)
  const { candidate, table } = best
  const chosen = chooseReading(table, choice)
  const isEmpty = chosen === null || (isWhole && givenComment === undefined && hasOnlyComments(table))
  const skipLines = isEmpty ? (isWhole ? Infinity : 0) : chosen.sample.records[chosen.reading.header]!.line
  return {
    delimiter: characterOf(candidate.delimiter),
    quote: characterOf(candidate.quote),
    escape: characterOf(candidate.escape)!,
    skipInitialSpace: candidate.skipInitialSpace || (chosen !== null && isDelimiterSpaced(chosen)),
    recordEnd: candidate.recordEnd,
    comment: givenComment === undefined ? commentOf(chosen) : givenComment,
    skipLines: hasPreamble ? skipLines : 0,
    ...(chosen === null
      ? { columns: null, headerRepair: null, optionalColumns: 0 }
      : headerLayout(table, chosen)),
    hasHeader: chosen === null || !looksLikeRecord(chosen.sample, chosen.reading, chosen.reading.header),
    width: chosen?.reading.width ?? null,
    lineEnding: lineEndingOf(table),
    isPlain: chosen !== null && isPlain(best, chosen, scores),
    warnings: isEmpty ? [] : detectionWarnings(candidate.delimiter, chosen, compared, linesBefore),
  } satisfies Detected
})

/** `sep=;`: Excel's line that specifies the delimiter. */
const delimiterLine = /^"?sep=([\t -~])"?(?:\r\n|\r|\n)/i

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
    linesBefore: 1,
  })
  return { ...detected, skipLines: detected.skipLines + 1 }
})
