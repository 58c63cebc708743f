import { Sign, signs } from "./CellSigns.ts"
import { CellType } from "./CellTypes.ts"
import { singleQuote, space } from "../../Bytes/Ascii.ts"

const atSign = 0x40
const slash = 0x2f
const bar = 0x7c

/** What follows `://` in a cell: of an address, unless there are signs that are seldom in one. */
const linkCell = (bytes: Uint8Array, from: number, to: number): number => {
  let type: number = CellType.link
  for (let i = from; i < to; i++) {
    const sign = signs[bytes[i]!]!
    if (sign === Sign.pipeOrTab || sign === Sign.quote) return CellType.odd
    if (sign === Sign.blank) type = CellType.text
    if ((sign === Sign.comma || sign === Sign.semicolon) && type === CellType.link) type = CellType.token
  }
  return type
}

/** A cell that has letters or other signs. */
export const textualCell = (bytes: Uint8Array, from: number, to: number): number => {
  let isWord = true
  let isToken = true
  /** A colon between two words without a blank. */
  let isTight = false
  let hasClauses = false
  let at = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    switch (signs[byte]!) {
      case Sign.digit:
      case Sign.letter:
      case Sign.joint:
      case Sign.dash:
      case Sign.point:
      case Sign.currency:
        if (byte === atSign) at = i
        break
      case Sign.colon: {
        if (bytes[i + 1] === slash && bytes[i + 2] === slash && isWord && i > from)
          return linkCell(bytes, i + 3, to)
        isWord = false
        const next = i + 1 < to ? signs[bytes[i + 1]!]! : Sign.blank
        if (next !== Sign.blank && next !== Sign.slash && next !== Sign.digit) isTight = true
        break
      }
      case Sign.slash:
        isWord = false
        break
      case Sign.quote:
        if (i === from || i === to - 1) return CellType.odd
        isWord = false
        isToken = false
        break
      case Sign.comma:
      case Sign.semicolon:
        // Prose has a blank behind it.
        if (i + 1 < to && signs[bytes[i + 1]!]! !== Sign.blank) return CellType.odd
        isWord = false
        isToken = false
        hasClauses = true
        break
      case Sign.pipeOrTab: {
        // A bar between blanks is as good as a dash.
        const isSpaced = byte === bar && bytes[i - 1] === space && bytes[i + 1] === space
        if (!isSpaced || i === from || i === to - 1) return CellType.odd
        isWord = false
        isToken = false
        hasClauses = true
        break
      }
      default:
        isWord = false
        isToken = false
    }
  }
  if (bytes[from] === singleQuote && bytes[to - 1] === singleQuote && to - from > 1) return CellType.odd
  if (isWord) return at > from && at < to - 3 ? CellType.link : CellType.word
  if (isToken) return CellType.token
  if (isTight) return CellType.odd
  return hasClauses ? CellType.clauses : CellType.text
}
