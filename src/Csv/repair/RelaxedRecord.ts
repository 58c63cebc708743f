import { Kind } from "../record/ByteKinds.ts"
import { fieldHead, nullLength, rowHead } from "../record/CopyBinary.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import { characterLength } from "../record/Utf8.ts"

/** What came of reading a record so. */
interface Relaxed {
  /** Whether it is text and has the table's number of fields: the buffer's row is made of it, up to `rowEnd`. */
  readonly isRow: boolean
  readonly rowEnd: number
  /** Where the record ends; -1: nowhere in the bytes given. */
  readonly end: number
  /** With more bytes, something else might come of it. */
  readonly isCut: boolean
}

interface RelaxedOptions {
  readonly columns: number
  /** Where the bytes end, the record does so too. */
  readonly endsThere: boolean
  readonly buffer: CopyBuffer
}

/**
 * Reads a record in which quotes were not doubled: a quote closes a field only before a delimiter or, in the
 * table's last column, before a line end (with blanks between, where the dialect skips them), and any other
 * is text.
 *
 * Of a pair of quotes in such a place, the one reading is a doubled quote, and that the field goes on; the other
 * is a stray quote and the closing one. The first is tried first, and whichever gives the table's number of fields
 * is taken.
 */
export class RelaxedRecord {
  readonly #rules: ScanRules

  constructor(rules: ScanRules) {
    this.#rules = rules
  }

  /** Reads the record that begins at `from`. The row under construction is lost; whoever wants the new one ends it. */
  read(bytes: Uint8Array, from: number, to: number, options: RelaxedOptions): Relaxed {
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
    { buffer, columns, endsThere }: RelaxedOptions,
    pairsClose: boolean,
  ): Relaxed {
    const { escape, extras, isQuotedEmptyNull, isUnquotedEmptyNull, quote, unquoted } = this.#rules
    const blank = extras === null ? -1 : extras.blank
    const kindAt = (at: number): number =>
      at < to ? unquoted[bytes[at]!]! : endsThere ? Kind.lineFeed : Kind.plain
    const behindBlanks = (at: number): number => {
      let i = at
      while (i < to && bytes[i] === blank) i++
      return i
    }
    buffer.beginRow(columns)
    // No byte makes more than itself; and there is room for the next row's head.
    buffer.reserve(to - from + (columns + 1) * fieldHead + rowHead)
    const { bytes: output, view } = buffer
    let { fieldAt, written } = buffer
    let isText = true
    let field = 1
    for (let i = from; ; i++, field++) {
      i = behindBlanks(i)
      const isQuoted = i < to && bytes[i] === quote
      let isClosed = !isQuoted
      if (isQuoted) i++
      while (!(isClosed && isFieldEnd(kindAt(i)))) {
        if (i >= to) return { isRow: false, rowEnd: -1, end: -1, isCut: true }
        const byte = bytes[i]!
        if (isQuoted && byte === escape && escape !== quote) {
          const next = bytes[i + 1]
          output[written++] = next === quote || next === escape ? next : escape
          i += next === quote || next === escape ? 2 : 1
        } else if (isQuoted && byte === quote) {
          let end = i
          while (end < to && bytes[end] === quote) end++
          const count = end - i
          const behind = behindBlanks(end)
          const kind = kindAt(behind)
          const mayClose = kind === Kind.delimiter || (isFieldEnd(kind) && field >= columns)
          isClosed = mayClose && (escape !== quote || count % 2 === 1 || pairsClose)
          const kept =
            escape === quote ? Math.floor((count + (mayClose ? 0 : 1)) / 2) : count - (isClosed ? 1 : 0)
          output.fill(quote, written, written + kept)
          written += kept
          i = isClosed ? behind : end
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
