import { carriageReturn, lineFeed, doubleQuote, space } from "../../Bytes/Ascii.ts"
import type { Candidate } from "./Candidate.ts"
import { cellType } from "./CellType.ts"
import { CellType } from "./CellTypes.ts"
import { goesOn } from "./OpenCell.ts"
import { endOfUndoubled, isEnclosed } from "./UndoubledQuotes.ts"

/** A record of the sample under a candidate dialect. */
export interface SampleRecord {
  /** Where it begins in the sample, and how many lines are before it. */
  readonly start: number
  readonly line: number
  /** Index of its first cell among all, and the number of its cells. */
  readonly firstCell: number
  readonly width: number
  /** A quote was not closed, or text followed the closing one; or the record is cut, and too long even so. */
  readonly isMalformed: boolean
  /**
   * Cells that begin with a blank, and just one; -1: there are others besides the first, which must begin with none,
   * and empty ones.
   */
  readonly spaced: number
}

/** The sample as a candidate dialect reads it. Blank lines are no records here. */
export interface SampleTable {
  readonly records: ReadonlyArray<SampleRecord>
  /** The type of every cell, record by record. */
  readonly types: Uint8Array
  /** Cells in quotes that are well formed, those whose own quotes are not doubled, and those that are malformed. */
  readonly quoted: number
  readonly undoubled: number
  readonly malformed: number
  /**
   * Cells that are enclosed in `"` though that is not the quote, perhaps several of a record as one; and those with
   * one at only one edge, or within too.
   */
  readonly enclosed: number
  readonly halfEnclosed: number
  /** Records that ended with each of the line endings. */
  readonly lineFeeds: number
  readonly carriageReturns: number
  readonly pairs: number
}

/** Whether the cell begins with a blank and no other. */
const isBehindOneBlank = (bytes: Uint8Array, start: number): boolean =>
  bytes[start] === space && bytes[start + 1] !== space

/** A line of blanks is no record either: nobody means one by it. */
const isOnlyBlanks = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (bytes[from] !== space) return false
  for (let i = from; i < to; i++) if (bytes[i] !== space) return false
  return true
}

/** Growing lists of small integers would be most of the time. */
class CellTypes {
  types = new Uint8Array(1024)
  count = 0

  push(type: number): void {
    if (this.count === this.types.length) {
      const longer = new Uint8Array(2 * this.count)
      longer.set(this.types)
      this.types = longer
    }
    this.types[this.count++] = type
  }
}

/**
 * Reads a sample leniently: a quote that is not closed or has text behind it makes its record malformed, and
 * the cell goes on to the next delimiter.
 *
 * @param isWhole the sample is the whole file; else its last record is cut and left out
 */
export const readSample = (bytes: Uint8Array, candidate: Candidate, isWhole: boolean): SampleTable => {
  const { delimiter, escape, quote, skipInitialSpace } = candidate
  const endsAtReturn = candidate.recordEnd === "any"
  const { length } = bytes
  const records: Array<SampleRecord> = []
  const cells = new CellTypes()
  let quotedCells = 0
  let undoubled = 0
  let malformedCells = 0
  let enclosed = 0
  let halfEnclosed = 0
  let lineFeeds = 0
  let carriageReturns = 0
  let pairs = 0

  let line = 0
  let i = 0
  while (i < length) {
    const start = i
    const firstLine = line
    const firstCell = cells.count
    let isMalformed = false
    let spaced = bytes[i] === space ? -1 : 0
    let isCut = false
    /** A cell began with `"` and did not end with it. */
    let isOpen = false
    // A record.
    while (true) {
      let cellStart = i
      let cellEnd = -1
      let isQuoted = false
      if (skipInitialSpace) while (i < length && bytes[i] === space) i++
      if (i < length && bytes[i] === quote) {
        const opening = i
        cellStart = ++i
        while (i < length) {
          const byte = bytes[i]!
          if (byte === quote) {
            if (escape !== quote || bytes[i + 1] !== quote) break
            i++
          } else if (byte === escape && (bytes[i + 1] === quote || bytes[i + 1] === escape)) i++
          else if (byte === lineFeed || (byte === carriageReturn && bytes[i + 1] !== lineFeed)) line++
          i++
        }
        if (i >= length) {
          isCut = !isWhole && goesOn(bytes, opening, delimiter, records.at(-1)?.width ?? 1)
          isMalformed = !isCut
          malformedCells += isCut ? 0 : 1
          cellEnd = length
          i = length
        } else {
          cellEnd = i++
          if (skipInitialSpace) while (i < length && bytes[i] === space) i++
          const next = bytes[i]
          const isClosed =
            i >= length ||
            next === delimiter ||
            next === lineFeed ||
            (endsAtReturn && next === carriageReturn)
          if (isClosed) {
            quotedCells++
            isQuoted = true
          } else {
            cellEnd = endOfUndoubled(bytes, cellStart, i, candidate)
            if (cellEnd >= 0) {
              undoubled++
              isQuoted = true
              i = cellEnd + 1
            } else {
              malformedCells++
              isMalformed = true
            }
          }
        }
      }
      if (cellEnd < 0) {
        while (i < length) {
          const byte = bytes[i]!
          if (byte === delimiter || byte === lineFeed || (byte === carriageReturn && endsAtReturn)) break
          i++
        }
        cellEnd = i
        if (quote !== doubleQuote && cellEnd - cellStart > 1) {
          const begins = bytes[cellStart] === doubleQuote
          const ends = bytes[cellEnd - 1] === doubleQuote
          const isInQuotes = begins && ends && isEnclosed(bytes, cellStart + 1, cellEnd - 1, doubleQuote)
          if (isInQuotes || (ends && isOpen)) {
            enclosed++
            if (!isInQuotes) halfEnclosed--
            isOpen = false
          } else if (begins || ends) {
            halfEnclosed++
            isOpen = begins && !ends
          }
        }
      }
      const type = cellType(bytes, cellStart, cellEnd)
      if (cells.count > firstCell && cellEnd > cellStart && spaced >= 0)
        spaced = !isQuoted && isBehindOneBlank(bytes, cellStart) ? spaced + 1 : -1
      // Whatever is in quotes was put there on purpose.
      cells.push(isQuoted && type === CellType.odd ? CellType.text : type)
      if (i < length && bytes[i] === delimiter) {
        i++
        continue
      }
      break
    }
    const width = cells.count - firstCell
    const isEnded = i < length
    const isBlank = i === start || (width === 1 && isOnlyBlanks(bytes, start, i))
    if (isEnded) {
      line++
      if (bytes[i] === lineFeed) {
        lineFeeds++
        i++
      } else if (bytes[i + 1] === lineFeed) {
        pairs++
        i += 2
      } else {
        carriageReturns++
        i++
      }
    } else if (!isWhole && records.length > 0) {
      // Nothing that may follow makes it fit.
      const isTooLong = records.every((other) => other.width < width)
      isCut = !isTooLong
      isMalformed = isTooLong
    }
    if (isBlank || isCut) cells.count = firstCell
    else records.push({ start, line: firstLine, firstCell, width, isMalformed, spaced })
  }
  return {
    records,
    types: cells.types,
    quoted: quotedCells,
    undoubled,
    malformed: malformedCells,
    enclosed,
    halfEnclosed,
    lineFeeds,
    carriageReturns,
    pairs,
  }
}
