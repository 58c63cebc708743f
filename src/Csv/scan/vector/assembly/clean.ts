import { bitsLike, carriageReturn, lineFeed } from "./bits"
import * as memory from "./memory"

const backslash: u32 = 0x5c

/**
 * End of the clean records at the start of the input, where a record starts. `to` comes from `textEnd`. Clean records have
 * the table's width, no field in quotes, no backslash and the given line end, so that COPY reads their bytes in its text
 * format as the scanner reads them in CSV.
 */
export function cleanEnd(to: i32): i32 {
  const delimiters = i8x16.splat(<i8>load<i32>(memory.delimiter))
  const quotes = i8x16.splat(<i8>load<i32>(memory.quote))
  const lineFeeds = i8x16.splat(<i8>lineFeed)
  const carriageReturns = i8x16.splat(<i8>carriageReturn)
  const backslashes = i8x16.splat(<i8>backslash)
  const separators = load<i32>(memory.columns) - 1
  const maxRecordSize = load<i32>(memory.maxRecordSize)
  const isCrlf = load<i32>(memory.isCrlf) != 0
  const ending: i32 = isCrlf ? 1 : 0

  let rows: i32 = 0
  let recordAt = memory.input
  /** Delimiters of the current record in earlier blocks. */
  let passed: i32 = 0
  /** Whether a field starts with the block, and whether the byte before it is a CR. */
  let isFieldStart: u64 = 1
  let isAfterReturn: u64 = 0

  for (let block = memory.input; block < to; block += 64) {
    let delimiterBits = bitsLike(block, delimiters)
    let lineFeedBits = bitsLike(block, lineFeeds)
    const returnBits = bitsLike(block, carriageReturns)
    const ends = delimiterBits | lineFeedBits
    let others = bitsLike(block, backslashes) | (bitsLike(block, quotes) & ((ends << 1) | isFieldStart))
    isFieldStart = ends >> 63
    if (isCrlf) {
      const next: u64 = load<u8>(block + 64) == lineFeed ? <u64>1 << 63 : 0
      others |= returnBits & ~((lineFeedBits >> 1) | next)
      others |= lineFeedBits & ~((returnBits << 1) | isAfterReturn)
      isAfterReturn = returnBits >> 63
    } else others |= returnBits
    if (to - block < 64) {
      const meant = (<u64>1 << (to - block)) - 1
      delimiterBits &= meant
      lineFeedBits &= meant
      others &= meant
    }
    if (others) lineFeedBits &= (others & (0 - others)) - 1

    while (lineFeedBits) {
      const first = lineFeedBits & (0 - lineFeedBits)
      const at = block + <i32>ctz(lineFeedBits)
      const before = delimiterBits & (first - 1)
      if (passed + <i32>popcnt(before) != separators || at - ending - recordAt > maxRecordSize) {
        store<i32>(memory.rows, rows)
        return recordAt
      }
      delimiterBits ^= before
      lineFeedBits ^= first
      passed = 0
      recordAt = at + 1
      rows++
    }
    if (others) break
    passed += <i32>popcnt(delimiterBits)
  }
  store<i32>(memory.rows, rows)
  return recordAt
}
