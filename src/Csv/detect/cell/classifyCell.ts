import { bar, colon, singleQuote, space, tab } from "../../../Bytes/Ascii.ts"
import { ByteClass, byteClasses } from "./ByteClass.ts"
import { CellKind } from "./CellKind.ts"
import { classifyNumeric } from "./classifyNumeric.ts"

const atSign = 0x40
const slash = 0x2f

/** The kind of a cell by the text after its `://`: a link, unless it has characters that links rarely have. */
const classifyLink = (bytes: Uint8Array, from: number, to: number): number => {
  let kind: number = CellKind.link
  for (let i = from; i < to; i++) {
    const byteClass = byteClasses[bytes[i]!]!
    if (byteClass === ByteClass.pipeOrTab || byteClass === ByteClass.quote) return CellKind.odd
    if (byteClass === ByteClass.space) kind = CellKind.text
    if ((byteClass === ByteClass.comma || byteClass === ByteClass.semicolon) && kind === CellKind.link)
      kind = CellKind.token
  }
  return kind
}

/** The kind of a cell that is not numeric. */
const classifyText = (bytes: Uint8Array, from: number, to: number): number => {
  let isWord = true
  let isToken = true
  /** A colon between two words, without a space. */
  let isTight = false
  let hasClauses = false
  let at = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    switch (byteClasses[byte]!) {
      case ByteClass.digit:
      case ByteClass.letter:
      case ByteClass.wordPart:
      case ByteClass.dash:
      case ByteClass.point:
      case ByteClass.currency:
        if (byte === atSign) at = i
        break
      case ByteClass.colon: {
        if (bytes[i + 1] === slash && bytes[i + 2] === slash && isWord && i > from)
          return classifyLink(bytes, i + 3, to)
        isWord = false
        const next = i + 1 < to ? byteClasses[bytes[i + 1]!]! : ByteClass.space
        if (next !== ByteClass.space && next !== ByteClass.slash && next !== ByteClass.digit) isTight = true
        break
      }
      case ByteClass.slash:
        isWord = false
        break
      case ByteClass.quote:
        if (i === from || i === to - 1) return CellKind.odd
        isWord = false
        isToken = false
        break
      case ByteClass.comma:
      case ByteClass.semicolon:
        // Prose has a space after it.
        if (i + 1 < to && byteClasses[bytes[i + 1]!]! !== ByteClass.space) return CellKind.odd
        isWord = false
        isToken = false
        hasClauses = true
        break
      case ByteClass.pipeOrTab: {
        // A bar between spaces is used like a dash.
        const isSpaced = byte === bar && bytes[i - 1] === space && bytes[i + 1] === space
        if (!isSpaced || i === from || i === to - 1) return CellKind.odd
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
  if (bytes[from] === singleQuote && bytes[to - 1] === singleQuote && to - from > 1) return CellKind.odd
  if (isWord) return at > from && at < to - 3 ? CellKind.link : CellKind.word
  if (isToken) return CellKind.token
  if (isTight) return CellKind.odd
  return hasClauses ? CellKind.clauses : CellKind.text
}

const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab

/** The kind of the cell `bytes[from, to)`, ignoring spaces around it. A cell of spaces and tabs is empty. */
export const classifyCell = (bytes: Uint8Array, from: number, to: number): number => {
  while (from < to && isBlank(bytes[from])) from++
  while (to > from && isBlank(bytes[to - 1])) to--
  if (from === to) return CellKind.empty
  const first = byteClasses[bytes[from]!]!
  const mayBeNumeric =
    first === ByteClass.digit ||
    ((first === ByteClass.dash || first === ByteClass.point || first === ByteClass.currency) && to - from > 1)
  if (mayBeNumeric && bytes[to - 1] !== colon) {
    const kind = classifyNumeric(bytes, from, to)
    if (kind >= 0) return kind
  }
  return classifyText(bytes, from, to)
}
