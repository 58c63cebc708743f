import { bitsLike, carriageReturn, lineFeed } from "./bits"
import * as memory from "./memory"
export { cleanEnd } from "./clean"
export { textEnd } from "./text"

const rowHead: i32 = 2
const fieldHead: i32 = 4

/** The states of a field, as in src/Csv/record/ScanState.ts. */
const start: i32 = 0
const unquoted: i32 = 1
const quoted: i32 = 2
const closed: i32 = 3

@inline
function copy(from: i32, to: i32, length: i32): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
  for (let done = 32; done < length; done += 16) v128.store(to + done, v128.load(from + done))
}

/** Number of line ends among the bytes in `bits`, of the 64 from `at`. LF, CRLF and a lone CR are one each. */
function lineEnds(at: i32, bits: u64): i32 {
  const lf = bitsLike(at, i8x16.splat(<i8>lineFeed))
  const cr = bitsLike(at, i8x16.splat(<i8>carriageReturn))
  const afterCr = (cr << 1) | <u64>(load<u8>(at - 1) == carriageReturn)
  return <i32>popcnt((cr | (lf & ~afterCr)) & bits)
}

/** For each of 16 bytes -1 if it is a LF or follows a CR, else 0. */
@inline
function lineStartsOf16(at: i32): v128 {
  return v128.or(
    i8x16.eq(v128.load(at), i8x16.splat(<i8>lineFeed)),
    i8x16.eq(v128.load(at - 1), i8x16.splat(<i8>carriageReturn)),
  )
}

@inline
function lineStartsOf64(at: i32): v128 {
  return i8x16.add(
    i8x16.add(lineStartsOf16(at), lineStartsOf16(at + 16)),
    i8x16.add(lineStartsOf16(at + 32), lineStartsOf16(at + 48)),
  )
}

/** A byte counts at most 4 per block, so 63 blocks do not overflow it. */
const countedBytes: i32 = 63 * 64

/** Number of bytes in the input up to `to` that are a LF or follow a CR. Clears the bytes after them. */
export function countLineStarts(to: i32): i32 {
  for (let at = to; at < to + 64; at += 16) v128.store(at, i8x16.splat(0))
  // A CR in the last byte counts in the next call, not in a cleared byte.
  let total: i32 = load<u8>(to - 1) == carriageReturn && ((to - memory.input) & 63) != 0 ? -1 : 0
  for (let from = memory.input; from < to; from += countedBytes) {
    const end = min(to, from + countedBytes)
    let counts = i8x16.splat(0)
    for (let at = from; at < end; at += 64) counts = i8x16.sub(counts, lineStartsOf64(at))
    const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts))
    total +=
      i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
  }
  return total
}

/** Counts a blank line after this many rows, in memory: in registers, the counts would slow down the scan of other lines. */
function passBlankLine(rows: i32): void {
  store<i32>(memory.blankLines, load<i32>(memory.blankLines) + 1)
  const before = rows == load<i32>(memory.rowsAtBlank) ? load<i32>(memory.lastBlankLines) : 0
  store<i32>(memory.lastBlankLines, before + 1)
  store<i32>(memory.rowsAtBlank, rows)
}

/** Counts line feeds and delimiters within quotes. */
@inline
function passQuoted(lineFeeds: u64, delimiters: u64): void {
  store<u64>(memory.quotedCounts, load<u64>(memory.quotedCounts) + (popcnt(delimiters) << 32) + popcnt(lineFeeds))
}

/**
 * Ends a record with line ends or delimiters within quotes. If each of its lines is a record, there are as many delimiters before
 * each line feed within quotes as between fields.
 */
function endQuoted(counts: u64, columns: i32, recordAt: i32): void {
  store<u64>(memory.quotedCounts, 0)
  if (recordAt < memory.input) store<i32>(memory.isFirstSuspect, 1)
  else if (<u32>counts != 0 && <i32>(counts >> 32) == <i32>counts * (columns - 1))
    store<i32>(memory.suspects, load<i32>(memory.suspects) + 1)
}

/**
 * Converts the input `[input, to)` to rows of two or more columns, where `to` comes from `textEnd`, starting in the given
 * state. Returns where it ends: at `to`, or at the first byte that it cannot handle and has not processed. The state is
 * the one before this byte.
 *
 * Handles 64 bytes at a time: delimiters, quotes and line ends become bits, and only these are inspected. The bytes
 * between are copied as soon as their end is known.
 */
export function scan(to: i32): i32 {
  const delimiter = load<u32>(memory.delimiter)
  const quote = load<u32>(memory.quote)
  const columns = load<i32>(memory.columns)
  const columnsHead = bswap<u16>(<u16>columns)
  const maxRecordSize = load<i32>(memory.maxRecordSize)
  const unquotedEmpty = load<i32>(memory.unquotedEmpty)
  const quotedEmpty = load<i32>(memory.quotedEmpty)
  const delimiters = i8x16.splat(<i8>delimiter)
  const quotes = i8x16.splat(<i8>quote)
  const lineFeeds = i8x16.splat(<i8>lineFeed)
  const carriageReturns = i8x16.splat(<i8>carriageReturn)

  let isQuoted = load<i32>(memory.state) == quoted
  let isClosed = load<i32>(memory.state) == closed
  let column = load<i32>(memory.column)
  let line = load<i32>(memory.line)
  let recordAt = load<i32>(memory.recordAt)
  let recordLine = load<i32>(memory.recordLine)
  let fieldAt = load<i32>(memory.fieldAt)
  let rows: i32 = 0
  let lineStarts: i32 = 0
  let rowsEnd: i32 = 0
  let out = memory.output
  /** Start of the text that has not been copied yet. */
  let text = memory.input
  let end = to
  let isStopped = false
  store<i32>(memory.blankLines, 0)
  store<i32>(memory.lastBlankLines, 0)
  store<i32>(memory.rowsAtBlank, 0)
  store<u64>(memory.quotedCounts, 0)
  store<i32>(memory.suspects, 0)
  store<i32>(memory.isFirstSuspect, <i32>(recordAt < memory.input && line != recordLine))

  for (let block = memory.input; block < to && !isStopped; block += 64) {
    const quoteBits = bitsLike(block, quotes)
    const lineFeedBits = bitsLike(block, lineFeeds)
    const returnBits = bitsLike(block, carriageReturns)
    const delimiterBits = bitsLike(block, delimiters)
    let bits = quoteBits | delimiterBits | lineFeedBits | returnBits
    let lineStartBits = lineFeedBits | (returnBits << 1) | <u64>(load<u8>(block - 1) == carriageReturn)
    if (to - block < 64) {
      const meant = (<u64>1 << (to - block)) - 1
      bits &= meant
      lineStartBits &= meant
    }
    lineStarts += <i32>popcnt(lineStartBits)

    while (true) {
      if (isQuoted) {
        const closing = bits & quoteBits
        const first = closing & (0 - closing)
        const within = bits & (first - 1)
        if (within) {
          line += lineEnds(block, within)
          passQuoted(within & lineFeedBits, within & delimiterBits)
        }
        if (first == 0) break
        bits &= ~(within | first)
        const at = block + <i32>ctz(first)
        copy(text, out, at - text)
        out += at - text
        text = at + 1
        isQuoted = false
        isClosed = true
        continue
      }
      if (bits == 0) break
      const at = block + <i32>ctz(bits)
      if (isClosed && at != text) {
        isStopped = true
        break
      }
      bits &= bits - 1
      const byte = <u32>load<u8>(at)

      if (byte == quote) {
        if (isClosed) {
          // A doubled quote: the second one is text.
          isQuoted = true
          isClosed = false
        } else if (at == text && out == fieldAt + fieldHead) {
          isQuoted = true
          text = at + 1
          store<i32>(memory.quoteAt, at)
          store<i32>(memory.quoteLine, line)
        }
        continue
      }

      if (byte != delimiter) {
        if (column == 1 && at == text && !isClosed && out == fieldAt + fieldHead) {
          if (byte != lineFeed || load<u8>(at - 1) != carriageReturn) {
            line++
            passBlankLine(rows)
          }
          text = at + 1
          recordAt = text
          recordLine = line
          continue
        }
        if (column != columns || at - recordAt > maxRecordSize) {
          end = at
          isStopped = true
          break
        }
      } else if (column == columns) {
        end = at
        isStopped = true
        break
      }

      copy(text, out, at - text)
      out += at - text
      let length = out - fieldAt - fieldHead
      if (length == 0) length = isClosed ? quotedEmpty : unquotedEmpty
      store<u32>(fieldAt < memory.output ? memory.begunLength : fieldAt, bswap<u32>(length))
      isClosed = false
      text = at + 1
      if (byte == delimiter) {
        column++
        fieldAt = out
      } else {
        const counts = load<u64>(memory.quotedCounts)
        if (counts) endQuoted(counts, columns, recordAt)
        rowsEnd = out
        rows++
        line++
        recordAt = text
        recordLine = line
        column = 1
        store<u16>(out, columnsHead)
        fieldAt = out + rowHead
      }
      out = fieldAt + fieldHead
    }
  }

  if (isClosed) end = text
  else {
    copy(text, out, end - text)
    out += end - text
  }
  store<i32>(
    memory.state,
    isQuoted ? quoted : isClosed ? closed : out == fieldAt + fieldHead ? start : unquoted,
  )
  store<i32>(memory.column, column)
  store<i32>(memory.line, line)
  store<i32>(memory.recordAt, recordAt)
  store<i32>(memory.recordLine, recordLine)
  store<i32>(memory.fieldAt, fieldAt)
  store<i32>(memory.rows, rows)
  store<i32>(memory.rowsEnd, rowsEnd)
  store<i32>(memory.written, out)
  store<i32>(memory.lineStarts, end == to ? lineStarts : countLineStarts(end))
  if (rows != load<i32>(memory.rowsAtBlank)) store<i32>(memory.lastBlankLines, 0)
  return end
}
