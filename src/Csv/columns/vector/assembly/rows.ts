import * as memory from "./memory"
import { booleanEnd, uuidEnd } from "./words"
import { lengthAt, storeLength } from "./digits"
import { bigintEnd, doubleEnd, integerEnd, numericEnd, realEnd, smallintEnd } from "./numbers"
import { dateEnd, timestampEnd } from "./times"

const rowHead: i32 = 2
const fieldHead: i32 = 4
const none: i32 = -1

/** The actions, as in src/Csv/columns/FieldActions.ts and src/Csv/types/encode/encodeAs.ts. */
const skip: i32 = 0
const copy: i32 = 1
const integer: i32 = 3
const bigint: i32 = 4
const numeric: i32 = 5
const double: i32 = 6
const boolean: i32 = 7
const date: i32 = 8
const timestamp: i32 = 10
const timestamptz: i32 = 11
const uuid: i32 = 12
const smallint: i32 = 14
const real: i32 = 15

/** Writes the field `[from, to)` of a column with its head at `at`, and returns its end; -1 if it does not have the type. */
@external("env", "writeOther")
declare function writeOther(index: i32, from: i32, to: i32, at: i32): i32

@inline
function copied(from: i32, to: i32, at: i32): i32 {
  for (let done = 0; done < to - from; done += 16) v128.store(at + done, v128.load(from + done))
  return at + to - from
}

/** Writes the value of a plain text and returns its end; -1 if it is not plain, or says something new about its column. */
@inline
function encoded(action: i32, facts: i32, most: i32, from: i32, to: i32, at: i32): i32 {
  switch (action) {
    case copy:
      // A text that is not longer than this may mean NULL, and a longer one than the other may have too many characters.
      return to - from > facts && to - from <= most ? copied(from, to, at) : none
    case smallint:
      return smallintEnd(from, to, at)
    case integer:
      return integerEnd(from, to, at)
    case bigint:
      return bigintEnd(facts, from, to, at)
    case numeric:
      return numericEnd(facts, most, from, to, at)
    case real:
      return realEnd(from, to, at)
    case double:
      return doubleEnd(facts, from, to, at)
    case boolean:
      return booleanEnd(facts, from, to, at)
    case date:
      return dateEnd(from, to, at)
    case timestamp:
      return timestampEnd(facts, false, from, to, at)
    case timestamptz:
      return timestampEnd(facts, true, from, to, at)
    case uuid:
      return uuidEnd(facts, from, to, at)
    default:
      return none
  }
}

/**
 * Writes the rows of texts in `[input, to)`, up to the last whole one or the end of the output, as rows of the table. Returns
 * whether all values have the types of their columns.
 */
export function writeRows(to: i32): bool {
  const columns = load<i32>(memory.columns)
  const head = bswap<u16>(<u16>load<i32>(memory.kept))
  let at = memory.input
  let out = memory.output
  store<i32>(memory.readEnd, at)
  store<i32>(memory.writtenEnd, out)
  while (at + rowHead <= to) {
    store<u16>(out, head)
    at += rowHead
    out += rowHead
    for (let index = 0; index < columns; index++) {
      const from = at + fieldHead
      const length = lengthAt(at)
      const size = max(length, 0)
      if (from > to || size > to - from || out + size + memory.fieldSpace > memory.outputEnd) return true
      const address = memory.actions + memory.actionSize * index
      const action = load<i32>(address)
      at = from + size
      if (action == skip) continue
      if (length < 0) {
        store<i32>(out, -1)
        out += fieldHead
        continue
      }
      const end = encoded(action, load<i32>(address, 4), load<i32>(address, 8), from, at, out + fieldHead)
      if (end != none) {
        storeLength(out, end - out - fieldHead)
        out = end
      } else {
        out = writeOther(index, from, at, out)
        if (out == none) return false
      }
    }
    store<i32>(memory.readEnd, at)
    store<i32>(memory.writtenEnd, out)
  }
  return true
}
