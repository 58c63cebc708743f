import { carriageReturn, doubleQuote, lineFeed, space } from "../../../Bytes/Ascii.ts"
import type { Candidate } from "./Candidate.ts"
import { CellKind } from "../cell/CellKind.ts"
import { classifyCell } from "../cell/classifyCell.ts"
import { continuesAfterSample } from "./continuesAfterSample.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"
import { EnclosedCells, endOfUndoubled } from "./UndoubledQuotes.ts"

/** Whether the cell begins with exactly one space. */
const startsWithOneSpace = (bytes: Uint8Array, start: number): boolean =>
  bytes[start] === space && bytes[start + 1] !== space

const isOnlySpaces = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (bytes[from] !== space) return false
  for (let i = from; i < to; i++) if (bytes[i] !== space) return false
  return true
}

/** Further cells of a sample would hardly change the score, and take more memory than the sample. */
const maxCells = 256 * 1024

/** The bytes with at most `maxCells` cells, and a bound of their number: each but the last ends with one of these bytes. */
const withinCells = (bytes: Uint8Array, delimiter: number) => {
  let most = 1
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if ((byte === delimiter || byte === lineFeed || byte === carriageReturn) && ++most > maxCells)
      return { bytes: bytes.subarray(0, i), most }
  }
  return { bytes, most }
}

/**
 * Reads a sample leniently. A quote that is unclosed or has text after it makes its record malformed, and the cell ends at
 * the next delimiter. Lines that are blank or only have spaces are skipped.
 *
 * @param isWholeFile the sample is the whole file; otherwise its last record is cut and left out
 */
export const readSample = (sample: Uint8Array, candidate: Candidate, isWholeFile: boolean): SampleTable => {
  const { delimiter, escape, quote, skipInitialSpace } = candidate
  const { bytes, most } = withinCells(sample, delimiter)
  const isWhole = isWholeFile && bytes.length === sample.length
  const endsAtReturn = candidate.recordEnd === "any"
  const { length } = bytes
  const records: Array<SampleRecord> = []
  const kinds = new Uint8Array(most)
  const from = new Int32Array(most)
  const to = new Int32Array(most)
  const isQuotedCell = new Uint8Array(most)
  let cells = 0
  const enclosedCells = new EnclosedCells()
  let quoted = 0
  let undoubled = 0
  let malformed = 0
  let lineFeeds = 0
  let carriageReturns = 0
  let pairs = 0

  let line = 0
  let isAfterBlank = false
  let i = 0
  while (i < length) {
    const start = i
    const firstLine = line
    const firstCell = cells
    const malformedBefore = malformed
    const undoubledBefore = undoubled
    let isTooLong = false
    let spaced = bytes[i] === space ? -1 : 0
    let isCut = false
    enclosedCells.startRecord()
    // One cell per iteration, to the end of the record.
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
          isCut = !isWhole && continuesAfterSample(bytes, opening, delimiter, records.at(-1)?.width ?? 1)
          malformed += isCut ? 0 : 1
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
            quoted++
            isQuoted = true
          } else {
            cellEnd = endOfUndoubled(bytes, cellStart, i, candidate)
            if (cellEnd >= 0) {
              undoubled++
              isQuoted = true
              i = cellEnd + 1
            } else {
              malformed++
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
        if (quote !== doubleQuote) enclosedCells.add(bytes, cellStart, cellEnd)
      }
      const kind = classifyCell(bytes, cellStart, cellEnd)
      if (cells > firstCell && cellEnd > cellStart && spaced >= 0)
        spaced = !isQuoted && startsWithOneSpace(bytes, cellStart) ? spaced + 1 : -1
      // Text in quotes is meant to be one cell.
      from[cells] = cellStart
      to[cells] = cellEnd
      isQuotedCell[cells] = isQuoted ? 1 : 0
      kinds[cells++] = isQuoted && kind === CellKind.odd ? CellKind.text : kind
      if (i < length && bytes[i] === delimiter) {
        i++
        continue
      }
      break
    }
    const width = cells - firstCell
    const end = i
    const isEnded = i < length
    const isBlank = i === start || (width === 1 && isOnlySpaces(bytes, start, i))
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
      // A record that is already too long does not fit, however it continues.
      isTooLong = records.every((other) => other.width < width)
      isCut = !isTooLong
    }
    if (isBlank || isCut) cells = firstCell
    else
      records.push({
        start,
        end,
        line: firstLine,
        isAfterBlank,
        firstCell,
        width,
        malformed: malformed - malformedBefore + (isTooLong ? 1 : 0),
        undoubled: undoubled - undoubledBefore,
        spaced,
      })
    isAfterBlank = isBlank
  }
  return {
    bytes,
    candidate,
    records,
    kinds,
    from,
    to,
    isQuoted: isQuotedCell,
    quoted,
    undoubled,
    malformed,
    enclosed: enclosedCells.enclosed,
    halfEnclosed: enclosedCells.halfEnclosed,
    lineFeeds,
    carriageReturns,
    pairs,
  }
}
