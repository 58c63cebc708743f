import { ByteClass, byteClasses } from "./ByteClass.ts"
import { CellKind } from "./CellKind.ts"

const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45
const isDateLetter = (byte: number): boolean =>
  byte === 0x54 || byte === 0x74 || byte === 0x5a || byte === 0x7a

/** The kind of a cell that consists of digits and punctuation between them; -1 if it is none. */
export const classifyNumeric = (bytes: Uint8Array, from: number, to: number): number => {
  let dashes = 0
  let slashes = 0
  let points = 0
  let commas = 0
  let colons = 0
  let spaces = 0
  let dateLetters = 0
  let exponents = 0
  let digits = 0
  /** Length of the current run of digits. */
  let run = 0
  let afterColon = false
  let afterComma = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    const byteClass = byteClasses[byte]!
    if (byteClass === ByteClass.digit) {
      digits++
      run++
      continue
    }
    if (afterColon && run !== 2) return -1
    if (commas + points > 1 && afterComma && byteClass === ByteClass.comma && run !== 3) return -1
    if (byteClass === ByteClass.colon) {
      if (run === 0 || run > 3) return -1
      // A date is followed by a separator before its time.
      if (colons === 0 && dashes + slashes + points > 0 && spaces + dateLetters === 0) return -1
      colons++
    } else if (byteClass === ByteClass.slash) slashes++
    else if (byteClass === ByteClass.point) points++
    else if (byteClass === ByteClass.comma) commas++
    else if (byteClass === ByteClass.space) {
      if (++spaces > 2 && colons === 0 && run !== 3) return -1
    } else if (byteClass === ByteClass.dash) {
      if (i > from && !isExponent(bytes[i - 1]!)) dashes++
    } else if (isExponent(byte) && exponents === 0 && run > 0 && colons === 0) exponents++
    else if (isDateLetter(byte)) dateLetters++
    else if (byteClass !== ByteClass.currency) return -1
    afterColon = byteClass === ByteClass.colon
    afterComma = byteClass === ByteClass.comma
    run = 0
  }
  if (digits === 0 || (afterColon && run !== 2)) return -1
  const isDate = (dashes >= 2 && dashes <= 4) || slashes === 2
  if (colons > 0) {
    if (colons > 3 || commas > 1) return -1
    if (isDate || points >= 2) return CellKind.timestamp
    return slashes === 0 ? CellKind.time : -1
  }
  if (exponents > 0) return dashes + slashes + colons === 0 && points + commas <= 1 ? CellKind.number : -1
  if (dateLetters > 0) return isDate ? CellKind.date : -1
  if (isDate) return commas + points > 0 ? -1 : CellKind.date
  if (slashes > 0 || dashes > 0) return commas === 0 ? CellKind.word : -1
  if (points === 2 && commas === 0 && digits >= 4 && digits <= 8) return CellKind.date
  if ((commas > 0 && points > 0) || commas > 1)
    return hasThousandsGroups(bytes, from, to) ? CellKind.number : -1
  if (points > 2 && commas === 0 && !hasThousandsGroups(bytes, from, to)) return CellKind.word
  return commas + points === 0 && bytes[to - 1] !== 0x25 ? CellKind.integer : CellKind.number
}

/** Whether separators split the digits into groups of three, perhaps with a decimal separator after them. */
const hasThousandsGroups = (bytes: Uint8Array, from: number, to: number): boolean => {
  let separator = 0
  let decimal = 0
  let run = -1
  for (let i = from; i < to; i++) {
    const byteClass = byteClasses[bytes[i]!]!
    if (byteClass === ByteClass.digit) {
      run = run < 0 ? 1 : run + 1
      continue
    }
    if (byteClass !== ByteClass.comma && byteClass !== ByteClass.point) continue
    if (decimal !== 0 || run < 1) return false
    if (separator === 0) {
      if (run > 3) return false
      separator = byteClass
    } else {
      if (run !== 3) return false
      if (byteClass !== separator) decimal = byteClass
    }
    run = 0
  }
  return decimal !== 0 ? run > 0 : run === 3
}
