import * as Effect from "effect/Effect"
import { comma, doubleQuote, hash, space } from "../../Bytes/Ascii.ts"
import type { Dialect } from "../record/Dialect.ts"
import { type Candidate, candidatesWith, delimitersToTry, type KnownSigns, occurrences } from "./Candidate.ts"
import type { HeaderRepair } from "../record/HeaderLayout.ts"
import { LineSkip } from "../record/LineSkip.ts"
import { isHeader } from "./HeaderRule.ts"
import { headerSurplus } from "./HeaderSurplus.ts"
import { readSample, type SampleTable } from "./SampleTable.ts"
import { score } from "./Score.ts"
import { type TableShape, tableShape } from "./TableShape.ts"

/** What the sample says about how the file is written. */
export interface Detected {
  readonly delimiter: string | null
  readonly quote: string | null
  readonly escape: string
  readonly skipInitialSpace: boolean
  readonly recordEnd: Dialect["recordEnd"]
  readonly comment: string | null
  /** Lines before the header: a title, comments, blank lines. */
  readonly skipLines: number
  /** Fields of a record, where the header has fewer, or more and only empty ones. */
  readonly columns: number | null
  /** What that makes of the header. */
  readonly headerRepair: HeaderRepair | null
  /** The last column has neither a name nor values: only a delimiter stands behind most records. */
  readonly isLastOptional: boolean
  /** Whether the first record names the columns, by the types of its cells and of those below. */
  readonly hasHeader: boolean
  /** How the records end; `null`: the sample has no line ending. */
  readonly lineEnding: LineEnding | null
  /**
   * The standard dialect or one column, without a flaw and without a rival: more of the file would hardly change
   * it.
   */
  readonly isPlain: boolean
}

export type LineEnding = "lf" | "crlf" | "cr" | "mixed"

export interface DetectOptions extends KnownSigns {
  /** The sample is the whole file. */
  readonly isWhole: boolean
  /** Lines before the sample were skipped on demand: what comes first is the header. */
  readonly hasPreamble?: boolean | undefined
}

/** What begins a comment where nothing is said of it. */
export const usualComment = "#"

/** So many records without a flaw are enough. */
const enoughRecords = 20

/** Every candidate is tried on so many bytes, and those with the likeliest delimiters on the whole sample. */
export const firstLook = 64 * 1024

/** Lines beyond these are not looked at: reading a megabyte of the shortest ones would block the thread. */
const mostLines = 64 * 1024

/** Bytes that are read between two pauses, in which other fibers run. */
const bytesBetweenPauses = 256 * 1024

/** Counts the bytes that are read, and pauses after enough of them: a small file is read without a pause. */
const pauses = () => {
  let read = 0
  return (bytes: number): Effect.Effect<void> => {
    read += bytes
    if (read < bytesBetweenPauses) return Effect.void
    read = 0
    return Effect.yieldNow
  }
}

/** By such a factor behind the best one at the first look, a candidate is not looked at again. */
const farBehind = 10

interface Reading {
  readonly candidate: Candidate
  readonly table: SampleTable
  readonly shape: TableShape
  readonly score: number
}

const signOf = (byte: number): string | null => (byte === -1 ? null : String.fromCharCode(byte))

const lineEndingOf = ({ carriageReturns, lineFeeds, pairs }: SampleTable): LineEnding | null => {
  const kinds = [carriageReturns, lineFeeds, pairs].filter((count) => count > 0).length
  if (kinds === 0) return null
  if (kinds > 1) return "mixed"
  return lineFeeds > 0 ? "lf" : pairs > 0 ? "crlf" : "cr"
}

/** `sep=;`: the line with which Excel tells itself the delimiter. */
const toldDelimiter = /^"?sep=([,;\t|:])"?(?:\r\n|\r|\n)/i

const isPlain = ({ candidate, score, shape, table }: Reading, readings: ReadonlyArray<Reading>): boolean =>
  (candidate.delimiter === comma || readings.every((other) => other.candidate.delimiter === -1)) &&
  candidate.quote === doubleQuote &&
  candidate.escape === doubleQuote &&
  !candidate.skipInitialSpace &&
  candidate.recordEnd === "any" &&
  table.malformed + table.undoubled === 0 &&
  shape.header === 0 &&
  shape.comments === 0 &&
  shape.regular === shape.records &&
  shape.records >= enoughRecords &&
  readings.every((other) => other.candidate.delimiter === candidate.delimiter || other.score < score / 2)

/**
 * Finds out how a file is written: reads the sample in every dialect that may be meant, and takes the one
 * under which the records agree most in their number of fields and the cells look most like values (after
 * van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019).
 * Signs that are given are obeyed. Other fibers run between the readings of a large sample.
 *
 * @param sample the beginning of the file in UTF-8, without its byte order mark
 */
export const detectDialect = Effect.fnUntraced(function* (sample: Uint8Array, options: DetectOptions) {
  const bytes = sample.subarray(0, new LineSkip(mostLines).push(sample))
  const isWhole = options.isWhole && bytes.length === sample.length
  if (options.hasPreamble !== false) {
    const told = toldDelimiter.exec(String.fromCharCode(...bytes.subarray(0, 9)))
    if (told !== null) {
      const rest = bytes.subarray(told[0].length)
      const detected = yield* detectRest(rest, {
        ...options,
        isWhole,
        delimiter: options.delimiter ?? told[1],
      })
      return { ...detected, skipLines: detected.skipLines + 1 }
    }
  }
  return yield* detectRest(bytes, { ...options, isWhole })
})

const areSame = (one: Candidate, other: Candidate): boolean =>
  one.delimiter === other.delimiter &&
  one.quote === other.quote &&
  one.escape === other.escape &&
  one.skipInitialSpace === other.skipInitialSpace &&
  one.recordEnd === other.recordEnd

const bestOf = (readings: ReadonlyArray<Reading>): Reading =>
  readings.reduce((best, reading) => (reading.score > best.score ? reading : best))

const headerRepair = (bytes: Uint8Array, { candidate, shape, table }: Reading): HeaderRepair | null => {
  if (!shape.isHeaderUneven) return null
  const width = table.records[shape.header]!.width
  return width > shape.width
    ? { added: 0, cut: width - shape.width, surplus: "last" }
    : { added: shape.width - width, cut: 0, surplus: headerSurplus(bytes, table, shape, candidate) }
}

/** Whether there is nothing but comments, and plainly so: a blank behind each sign. A tag, `#one`, has none. */
const isOnlyComments = (bytes: Uint8Array, { records }: SampleTable): boolean =>
  records.every(({ start }) => bytes[start] === hash && bytes[start + 1] === space)

/**
 * Whether a blank follows every delimiter before a value, and just one, from the header on, in two records at least:
 * then it belongs to the delimiter.
 */
const isDelimiterSpaced = ({ records }: SampleTable, { header, width }: TableShape): boolean => {
  const regular = records.slice(header).filter((record) => record.width === width)
  return regular.every(({ spaced }) => spaced >= 0) && regular.filter(({ spaced }) => spaced > 0).length > 1
}

const detectRest = Effect.fnUntraced(function* (bytes: Uint8Array, options: DetectOptions) {
  const known: KnownSigns = options
  const pauseAfter = pauses()
  yield* pauseAfter(bytes.length)
  const hasPreamble = options.hasPreamble ?? true
  const shapeOptions = {
    hasPreamble,
    comment: options.comment === null ? -1 : (options.comment?.charCodeAt(0) ?? null),
  }

  const look = Effect.fnUntraced(function* (
    sample: Uint8Array,
    isWhole: boolean,
    delimiters: ReadonlyArray<number>,
    beaten: ReadonlyArray<Candidate>,
  ) {
    const found = occurrences(sample)
    const readings: Array<Reading> = []
    for (const delimiter of delimiters) {
      const candidates = candidatesWith(found, delimiter, known)
      yield* pauseAfter(sample.length)
      for (const candidate of candidates) {
        if (beaten.some((other) => areSame(candidate, other))) continue
        const table = readSample(sample, candidate, isWhole)
        yield* pauseAfter(sample.length)
        const shape = tableShape(sample, table, candidate.delimiter, shapeOptions)
        readings.push({
          candidate,
          table,
          shape,
          score: score(candidate, table, shape, sample, known.delimiter !== undefined),
        })
        yield* pauseAfter(sample.length)
      }
    }
    return readings
  })
  const first = bytes.subarray(0, firstLook)
  const isShort = bytes.length <= firstLook
  let readings = yield* look(
    first,
    isShort && options.isWhole,
    delimitersToTry(occurrences(first), known),
    [],
  )
  let best = bestOf(readings)
  if (!isShort) {
    const rival = readings.filter(({ candidate }) => candidate.delimiter !== best.candidate.delimiter)
    const delimiters = [best, ...(rival.length === 0 ? [] : [bestOf(rival)])]
    readings = yield* look(
      bytes,
      options.isWhole,
      delimiters
        .filter((reading) => reading.score >= best.score / 2)
        .map(({ candidate }) => candidate.delimiter),
      readings.filter(({ score }) => score < best.score / farBehind).map(({ candidate }) => candidate),
    )
    best = bestOf(readings)
  }
  const { candidate, shape, table } = best
  const isEmpty =
    options.isWhole &&
    (options.comment === undefined ? isOnlyComments(bytes, table) : table.records.length === 0)
  const header = table.records[shape.header]
  const commentSign = options.comment === undefined ? usualComment : options.comment
  return {
    delimiter: signOf(candidate.delimiter),
    quote: signOf(candidate.quote),
    escape: signOf(candidate.escape)!,
    skipInitialSpace: candidate.skipInitialSpace || isDelimiterSpaced(table, shape),
    recordEnd: candidate.recordEnd,
    comment: options.comment === undefined ? (shape.comments > 0 ? commentSign : null) : options.comment,
    skipLines: hasPreamble ? (isEmpty ? Infinity : (header?.line ?? 0)) : 0,
    columns: shape.isHeaderUneven ? shape.width : null,
    headerRepair: headerRepair(bytes, best),
    isLastOptional: shape.isLastEmpty,
    hasHeader: isHeader(table, shape),
    lineEnding: lineEndingOf(table),
    isPlain: isPlain(best, readings),
  } satisfies Detected
})
