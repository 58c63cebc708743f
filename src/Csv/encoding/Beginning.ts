import type { Encoding } from "../../Domain/load/Encoding.ts"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import { byteOrderMarkLength } from "../../Bytes/ByteOrderMark.ts"
import { startsWith } from "../../Bytes/startsWith.ts"

/** What the first bytes of a file say about its encoding. */
export interface Beginning {
  /** `null`: nothing yet; ASCII as far as it goes. */
  readonly encoding: Encoding | null
  /** Length of the byte order mark. */
  readonly offset: number
}

/** Who else says something. */
export interface EncodingHints {
  /** Given by the user, and obeyed. */
  readonly encoding?: Encoding | undefined
  /** Said by the source (`charset` of Content-Type), and believed if it can be true. */
  readonly declared?: Encoding | null | undefined
}

type Utf16 = "utf-16le" | "utf-16be"

const isUtf16 = (encoding: Encoding | null | undefined): encoding is Utf16 =>
  encoding === "utf-16le" || encoding === "utf-16be"

/** Bytes whose NULs are counted. */
const counted = 4096

/** Share of NULs among the bytes at the places 0, 1, 2, 3 of each four. */
const nulShares = (bytes: Uint8Array): ReadonlyArray<number> => {
  const counts = [0, 0, 0, 0]
  const length = Math.min(bytes.length, counted) & ~3
  for (let i = 0; i < length; i++) if (bytes[i] === 0) counts[i & 3]!++
  return counts.map((count) => (length === 0 ? 0 : (4 * count) / length))
}

/**
 * UTF-16 by its NULs: those of ASCII characters' high bytes are all at even places or all at odd ones. Text in
 * any writing has delimiters and line ends in ASCII; text in UTF-8 has no NULs but by accident.
 */
const utf16ByNuls = (bytes: Uint8Array): Utf16 | null => {
  if (bytes.length < 4) return null
  const [a = 0, b = 0, c = 0, d = 0] = nulShares(bytes)
  const even = (a + c) / 2
  const odd = (b + d) / 2
  // In a short text of ASCII nearly every character has one; in other writings only delimiters and the like.
  const least = bytes.length < 64 ? 0.7 : 0.05
  // Some letters have a low byte of 0 (一 is U+4E00), but not many.
  if (odd > least && even < odd / 8) return "utf-16le"
  if (even > least && odd < even / 8) return "utf-16be"
  return null
}

const utf32 = loadError(
  "invalid_encoding",
  "The file is UTF-32 text, which is not supported. Save it as UTF-8 and give its URL again.",
  { place: { line: 1, byteOffset: 0 } },
)

const isUtf32 = (bytes: Uint8Array): boolean => {
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) return true
  const [a = 0, b = 0, c = 0, d = 0] = nulShares(bytes)
  // One place of the four holds the character; where that too is NUL, it is padding.
  return (Math.min(a, b, c) > 0.9 && d < 0.5) || (Math.min(b, c, d) > 0.9 && a < 0.5)
}

/**
 * The encoding by byte order mark, by what is given, or by the NULs of UTF-16, in this order; a mark that
 * contradicts what is given is text.
 *
 * @returns `invalid_encoding` for UTF-32
 */
export const beginning = (first: Uint8Array, { encoding }: EncodingHints): Beginning | LoadError => {
  const mark: Beginning | null =
    byteOrderMarkLength(first) > 0
      ? { encoding: "utf-8", offset: byteOrderMarkLength(first) }
      : startsWith(first, [0xff, 0xfe])
        ? { encoding: "utf-16le", offset: 2 }
        : startsWith(first, [0xfe, 0xff])
          ? { encoding: "utf-16be", offset: 2 }
          : null
  if (encoding !== undefined) {
    // `utf-16` means either; the mark tells which.
    const isOfMark =
      mark !== null && (mark.encoding === encoding || (isUtf16(mark.encoding) && isUtf16(encoding)))
    return isOfMark ? mark : { encoding, offset: 0 }
  }
  if (isUtf32(first)) return utf32
  if (mark !== null) return mark
  const byNuls = utf16ByNuls(first)
  if (byNuls !== null) return { encoding: byNuls, offset: 0 }
  return { encoding: null, offset: 0 }
}
