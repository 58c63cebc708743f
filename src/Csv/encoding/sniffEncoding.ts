import { type Encoding, encodingOf } from "../../Domain/load/Encoding.ts"
import { loadError, type LoadError } from "../../Domain/load/LoadError.ts"
import { byteOrderMarkLength } from "../../Bytes/ByteOrderMark.ts"
import { startsWith } from "../../Bytes/startsWith.ts"

/** What the first bytes of a file show about its encoding. */
export interface Sniffed {
  /** `null` if they could be any encoding that extends ASCII. */
  readonly encoding: Encoding | null
  /** Length of the byte order mark. */
  readonly offset: number
}

/** Other sources of the encoding. */
export interface EncodingHints {
  /** Specified by the user; always used. */
  readonly encoding?: Encoding | undefined
  /** `charset` of the source's Content-Type; used if the text can be in this encoding. */
  readonly declared?: Encoding | null | undefined
}

/** The encoding that `charset` of a `Content-Type` names (RFC 9110, 8.3.2); `null` for none or an unsupported one. */
export const declaredEncoding = (contentType: string | null): Encoding | null => {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType ?? "")
  return charset === null ? null : encodingOf(charset[1] ?? charset[2] ?? "")
}

type Utf16 = "utf-16le" | "utf-16be"

const isUtf16 = (encoding: Encoding | null | undefined): encoding is Utf16 =>
  encoding === "utf-16le" || encoding === "utf-16be"

/** The number of bytes in which NULs are counted. */
const countedBytes = 4096

/** The share of NULs among the bytes at each position of a four-byte group. */
const nulShares = (bytes: Uint8Array): ReadonlyArray<number> => {
  const counts = [0, 0, 0, 0]
  const length = Math.min(bytes.length, countedBytes) & ~3
  for (let i = 0; i < length; i++) if (bytes[i] === 0) counts[i & 3]!++
  return counts.map((count) => (length === 0 ? 0 : (4 * count) / length))
}

/**
 * Recognises UTF-16 by its NULs. The high bytes of ASCII characters are all at even or all at odd positions, and text in
 * any script has ASCII delimiters and line endings. UTF-8 has NULs only by accident.
 */
const utf16ByNuls = (bytes: Uint8Array): Utf16 | null => {
  if (bytes.length < 4) return null
  const [a = 0, b = 0, c = 0, d = 0] = nulShares(bytes)
  const even = (a + c) / 2
  const odd = (b + d) / 2
  // Almost every character of a short ASCII text has a NUL; in other scripts only delimiters and line endings have.
  const minShare = bytes.length < 64 ? 0.7 : 0.05
  // A few letters have a low byte of 0, such as 一 (U+4E00).
  if (odd > minShare && even < odd / 8) return "utf-16le"
  if (even > minShare && odd < even / 8) return "utf-16be"
  return null
}

const utf32 = loadError(
  "invalid_encoding",
  "The file is UTF-32 text, which is not supported. Save it as UTF-8 and submit its URL again.",
  { place: { line: 1, byteOffset: 0 } },
)

const isUtf32 = (bytes: Uint8Array): boolean => {
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) return true
  const [a = 0, b = 0, c = 0, d = 0] = nulShares(bytes)
  // One position holds the character. If that is NUL as well, the NULs are padding.
  return (Math.min(a, b, c) > 0.9 && d < 0.5) || (Math.min(b, c, d) > 0.9 && a < 0.5)
}

/**
 * Determines the encoding from the user's option, the byte order mark or the NULs of UTF-16, in this order. A mark that
 * contradicts the option is part of the text.
 *
 * @returns the error `invalid_encoding` for UTF-32
 */
export const sniffEncoding = (first: Uint8Array, { encoding }: EncodingHints): Sniffed | LoadError => {
  const mark: Sniffed | null =
    byteOrderMarkLength(first) > 0
      ? { encoding: "utf-8", offset: byteOrderMarkLength(first) }
      : startsWith(first, [0xff, 0xfe])
        ? { encoding: "utf-16le", offset: 2 }
        : startsWith(first, [0xfe, 0xff])
          ? { encoding: "utf-16be", offset: 2 }
          : null
  if (encoding !== undefined) {
    // `utf-16` means either byte order, and the mark decides.
    const matchesMark =
      mark !== null && (mark.encoding === encoding || (isUtf16(mark.encoding) && isUtf16(encoding)))
    return matchesMark ? mark : { encoding, offset: 0 }
  }
  if (isUtf32(first)) return utf32
  if (mark !== null) return mark
  const byNuls = utf16ByNuls(first)
  if (byNuls !== null) return { encoding: byNuls, offset: 0 }
  return { encoding: null, offset: 0 }
}
