import { Sign, signs } from "./CellSigns.ts"
import { CellType } from "./CellTypes.ts"

const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45
const isDateLetter = (byte: number): boolean =>
  byte === 0x54 || byte === 0x74 || byte === 0x5a || byte === 0x7a

/** A cell of digits and the signs between them: which kind, or -1. */
export const numericCell = (bytes: Uint8Array, from: number, to: number): number => {
  let dashes = 0
  let slashes = 0
  let points = 0
  let commas = 0
  let colons = 0
  let blanks = 0
  let dateLetters = 0
  let exponents = 0
  let digits = 0
  /** Length of the digits at hand, and of the shortest and longest that had a colon before them. */
  let run = 0
  let afterColon = false
  let afterComma = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    const sign = signs[byte]!
    if (sign === Sign.digit) {
      digits++
      run++
      continue
    }
    if (afterColon && run !== 2) return -1
    if (commas + points > 1 && afterComma && sign === Sign.comma && run !== 3) return -1
    if (sign === Sign.colon) {
      if (run === 0 || run > 3) return -1
      // A time stands behind its date, parted from it.
      if (colons === 0 && dashes + slashes + points > 0 && blanks + dateLetters === 0) return -1
      colons++
    } else if (sign === Sign.slash) slashes++
    else if (sign === Sign.point) points++
    else if (sign === Sign.comma) commas++
    else if (sign === Sign.blank) {
      if (++blanks > 2 && colons === 0 && run !== 3) return -1
    } else if (sign === Sign.dash) {
      if (i > from && !isExponent(bytes[i - 1]!)) dashes++
    } else if (isExponent(byte) && exponents === 0 && run > 0 && colons === 0) exponents++
    else if (isDateLetter(byte)) dateLetters++
    else if (sign !== Sign.currency) return -1
    afterColon = sign === Sign.colon
    afterComma = sign === Sign.comma
    run = 0
  }
  if (digits === 0 || (afterColon && run !== 2)) return -1
  const isDate = (dashes >= 2 && dashes <= 4) || slashes === 2
  if (colons > 0) {
    if (colons > 3 || commas > 1) return -1
    if (isDate || points >= 2) return CellType.timestamp
    return slashes === 0 ? CellType.time : -1
  }
  if (exponents > 0) return dashes + slashes + colons === 0 && points + commas <= 1 ? CellType.number : -1
  if (dateLetters > 0) return isDate ? CellType.date : -1
  if (isDate) return commas + points > 0 ? -1 : CellType.date
  if (slashes > 0 || dashes > 0) return commas === 0 ? CellType.word : -1
  if (points === 2 && commas === 0 && digits >= 4 && digits <= 8) return CellType.date
  if ((commas > 0 && points > 0) || commas > 1)
    return groupsOfThousands(bytes, from, to) ? CellType.number : -1
  if (points > 2 && commas === 0 && !groupsOfThousands(bytes, from, to)) return CellType.word
  return commas + points === 0 && bytes[to - 1] !== 0x25 ? CellType.integer : CellType.number
}

/** Whether the signs between the first digits and the last sign set off groups of three digits. */
const groupsOfThousands = (bytes: Uint8Array, from: number, to: number): boolean => {
  let separator = 0
  let decimal = 0
  let run = -1
  for (let i = from; i < to; i++) {
    const sign = signs[bytes[i]!]!
    if (sign === Sign.digit) {
      run = run < 0 ? 1 : run + 1
      continue
    }
    if (sign !== Sign.comma && sign !== Sign.point) continue
    if (decimal !== 0 || run < 1) return false
    if (separator === 0) {
      if (run > 3) return false
      separator = sign
    } else {
      if (run !== 3) return false
      if (sign !== separator) decimal = sign
    }
    run = 0
  }
  return decimal !== 0 ? run > 0 : run === 3
}
