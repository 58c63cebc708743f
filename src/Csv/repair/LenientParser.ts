import { fieldHead, nullLength, rowHead } from "../record/CopyBinary.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { Kind, type ScanRules } from "../record/ScanRules.ts"
import { characterLength } from "../record/Utf8.ts"

interface Parsed {
  /** Whether the record is valid text with the table's number of fields. Its row is in the buffer, up to `rowEnd`. */
  readonly isRow: boolean
  readonly rowEnd: number
  /** Index of the record's line end; -1: not in these bytes. */
  readonly end: number
  /** More bytes could change the result. */
  readonly isCut: boolean
}

interface ParseOptions {
  readonly columns: number
  /** The end of the bytes also ends the record. */
  readonly endsRecord: boolean
  readonly buffer: CopyBuffer
  /** Index of a quote that opens a field and is text; -1: none. */
  readonly strayAt?: number
}

/**
 * Parses a record whose quotes are not doubled: a quote closes a field only before a delimiter or, in the last column,
 * before a line end (with spaces between if the dialect ignores them); any other quote is text.
 *
 * A pair of quotes in such a place is either a doubled quote, or a stray quote and the closing one. The first meaning is
 * tried first, and the one that gives the table's number of fields is used.
 */
export class LenientParser {
  readonly #rules: ScanRules

  constructor(rules: ScanRules) {
    this.#rules = rules
  }

  /** Parses the record that starts at `from` into the buffer's incomplete row. The caller completes it. */
  parse(bytes: Uint8Array, from: number, to: number, options: ParseOptions): Parsed {
    const first = this.#attempt(bytes, from, to, options, false)
    if (first.isRow) return first
    const second = this.#attempt(bytes, from, to, options, true)
    const isCut = first.isCut || second.isCut
    return second.isRow ? { ...second, isCut } : { ...first, isCut }
  }

  #attempt(
    bytes: Uint8Array,
    from: number,
    to: number,
    { buffer, columns, endsRecord, strayAt = -1 }: ParseOptions,
    pairsClose: boolean,
  ): Parsed {
    const { escape, extras, isQuotedEmptyNull, isUnquotedEmptyNull, quote, unquoted } = this.#rules
    const blank = extras === null ? -1 : extras.blank
    const kindAt = (at: number): number =>
      at < to ? unquoted[bytes[at]!]! : endsRecord ? Kind.lineFeed : Kind.plain
    const skipBlanks = (at: number): number => {
      let i = at
      while (i < to && bytes[i] === blank) i++
      return i
    }
    buffer.beginRow(columns)
    // Output bytes are at most as many as input bytes, plus the heads of the fields and of the next row.
    buffer.reserve(to - from + (columns + 1) * fieldHead + rowHead)
    const { bytes: output, view } = buffer
    let { fieldAt, written } = buffer
    let isText = true
    let field = 1
    for (let i = from; ; i++, field++) {
      i = skipBlanks(i)
      const isQuoted = i < to && i !== strayAt && bytes[i] === quote
      let isClosed = !isQuoted
      if (isQuoted) i++
      while (!(isClosed && isFieldEnd(kindAt(i)))) {
        if (i >= to) return { isRow: false, rowEnd: -1, end: -1, isCut: true }
        const byte = bytes[i]!
        if (isQuoted && byte === escape && escape !== quote) {
          const following = bytes[i + 1]
          const isEscaped = following === quote || following === escape
          output[written++] = isEscaped ? following : escape
          i += isEscaped ? 2 : 1
        } else if (isQuoted && byte === quote) {
          let end = i
          while (end < to && bytes[end] === quote) end++
          const count = end - i
          const next = skipBlanks(end)
          const kind = kindAt(next)
          const mayClose = kind === Kind.delimiter || (isFieldEnd(kind) && field >= columns)
          isClosed = mayClose && (escape !== quote || count % 2 === 1 || pairsClose)
          const kept =
            escape === quote ? Math.floor((count + (mayClose ? 0 : 1)) / 2) : count - (isClosed ? 1 : 0)
          output.fill(quote, written, written + kept)
          written += kept
          i = isClosed ? next : end
        } else {
          if (byte === 0) isText = false
          output[written++] = byte
          i++
        }
      }
      if (field <= columns) {
        const length = written - fieldAt - fieldHead
        const isNull =
          (length === 0 && (isQuoted ? isQuotedEmptyNull : isUnquotedEmptyNull)) ||
          (!isQuoted && extras !== null && extras.isNull(output, fieldAt + fieldHead, written))
        if (isNull) written = fieldAt + fieldHead
        view.setInt32(fieldAt, isNull ? nullLength : length)
      }
      if (i === to || unquoted[bytes[i]!] !== Kind.delimiter) {
        const isRow = field === columns && isText && isUtf8(bytes.subarray(from, i))
        return { isRow, rowEnd: written, end: i, isCut: false }
      }
      if (field >= columns) {
        isText = false
        continue
      }
      fieldAt = written
      written += fieldHead
    }
  }
}

const isFieldEnd = (kind: number): boolean => kind !== Kind.plain && kind <= Kind.carriageReturn

const isUtf8 = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at)
    if (length === 0) return false
    at += length
  }
  return true
}
