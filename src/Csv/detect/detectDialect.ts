import * as Effect from "effect/Effect"
import { hash, space } from "../../Bytes/Ascii.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { byteOf, type Dialect } from "../record/Dialect.ts"
import type { HeaderRepair } from "../record/HeaderLayout.ts"
import type { Sample } from "../record/Sample.ts"
import { chooseCandidate } from "./chooseCandidate.ts"
import type { ChosenReading } from "./chooseReading.ts"
import { looksLikeRecord } from "./cost/cellTypes.ts"
import { detectionWarnings } from "./detectionWarnings.ts"
import { describeHeader, type GivenHeader } from "./header/describeHeader.ts"
import { headerLayout } from "./headerLayout.ts"
import type { GivenCharacters } from "./table/Candidate.ts"
import { isComment, type SampleTable } from "./table/SampleTable.ts"

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
  /** Records that the header consists of. */
  readonly headerRows: number
  /** The line of units below the header, from 1; `null` if there is none, or if it was given. */
  readonly unitsLine: number | null
  /** Whether the first record names the columns, judged by the kinds of its cells and of those below. */
  readonly hasHeader: boolean
  /** How the records end; `null` if the sample has no line ending. */
  readonly lineEnding: LineEnding | null
  readonly warnings: ReadonlyArray<LoadWarning>
}

export type LineEnding = "lf" | "crlf" | "cr" | "mixed"

export interface DetectOptions extends GivenCharacters, GivenHeader {
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

/** Every candidate is tried on this many bytes. */
export const firstLook = 64 * 1024

const characterOf = (byte: number): string | null => (byte === -1 ? null : String.fromCharCode(byte))

const lineEndingOf = ({ carriageReturns, lineFeeds, pairs }: SampleTable): LineEnding | null => {
  const kinds = [carriageReturns, lineFeeds, pairs].filter((count) => count > 0).length
  if (kinds === 0) return null
  if (kinds > 1) return "mixed"
  return lineFeeds > 0 ? "lf" : pairs > 0 ? "crlf" : "cr"
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

const detectBelow = Effect.fnUntraced(function* (
  first: Sample,
  more: Effect.Effect<Sample, LoadError> | null,
  options: DetectOptions,
) {
  const { comment: givenComment, hasHeader = true, hasPreamble = true, linesBefore = 0 } = options
  const comment = givenComment === undefined ? null : byteOf(givenComment)
  const { best, chosen, compared, isWhole } = yield* chooseCandidate(first, more, {
    trial: { given: options, hasPreamble, comment },
    choice: {
      hasPreamble,
      hasHeader: hasHeader === "auto" ? null : hasHeader,
      mayBeOneColumn: options.delimiter !== undefined,
      comment,
    },
  })
  const { candidate, table } = best
  const isEmpty = chosen === null || (isWhole && givenComment === undefined && hasOnlyComments(table))
  const described = isEmpty ? null : describeHeader(chosen, options, hasPreamble, linesBefore)
  const headerRows = described?.headerRows ?? 1
  const unitsLine = described?.unitsLine ?? null
  const skipLines = described?.line ?? (isWhole ? Infinity : 0)
  return {
    delimiter: characterOf(candidate.delimiter),
    quote: characterOf(candidate.quote),
    escape: characterOf(candidate.escape)!,
    skipInitialSpace: candidate.skipInitialSpace || (chosen !== null && isDelimiterSpaced(chosen)),
    recordEnd: candidate.recordEnd,
    comment: givenComment === undefined ? commentOf(chosen) : givenComment,
    skipLines: hasPreamble ? skipLines : 0,
    ...(chosen === null || headerRows > 1
      ? { columns: chosen?.reading.width ?? null, headerRepair: null, optionalColumns: 0 }
      : headerLayout(table, chosen)),
    headerRows,
    unitsLine,
    hasHeader: chosen === null || !looksLikeRecord(chosen.sample, chosen.reading, chosen.reading.header),
    width: chosen?.reading.width ?? null,
    lineEnding: lineEndingOf(table),
    warnings: isEmpty
      ? []
      : [
          // Each of two header rows, and a line of units, could be the header.
          ...detectionWarnings(
            candidate.delimiter,
            headerRows > 1 || unitsLine !== null ? { ...chosen, rival: null } : chosen,
            compared,
            linesBefore,
            options.quote !== undefined,
          ),
          ...(described?.warnings ?? []),
        ],
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
 * @param larger a larger sample, which is taken unless the first `firstLook` bytes leave no doubt
 */
export const detectDialect = Effect.fnUntraced(function* (
  sample: Uint8Array,
  options: DetectOptions,
  larger?: Effect.Effect<Sample, LoadError>,
) {
  const isLong = sample.length > firstLook
  const bytes = sample.subarray(0, firstLook)
  const first = { bytes, isWhole: options.isWhole && !isLong }
  const more = isLong ? Effect.succeed({ bytes: sample, isWhole: options.isWhole }) : (larger ?? null)
  const line =
    options.hasPreamble === false ? null : delimiterLine.exec(String.fromCharCode(...bytes.subarray(0, 9)))
  if (line === null) return yield* detectBelow(first, more, options)
  const below = (text: Sample): Sample => ({ ...text, bytes: text.bytes.subarray(line[0].length) })
  const detected = yield* detectBelow(below(first), more === null ? null : Effect.map(more, below), {
    ...options,
    delimiter: options.delimiter === undefined ? line[1] : options.delimiter,
    linesBefore: 1,
  })
  return { ...detected, skipLines: detected.skipLines + 1 }
})
