import { type Encoding, encodingOf } from "../../Domain/load/Encoding.ts"
import { startsWith } from "../../Bytes/startsWith.ts"
import { sniffUtf16 } from "./sniffUtf16.ts"

/** What the first bytes of a file show about its encoding. */
export interface Sniffed {
  /** `null` if they could be any encoding that extends ASCII. */
  readonly encoding: Encoding | null
  /** Length of the byte order mark. */
  readonly offset: number
  /** Encoding that a byte order mark stands for, if the user's option contradicts it. */
  readonly contradicted?: Encoding
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

type Utf32 = "utf-32le" | "utf-32be"

/** The number of bytes in which the NULs of UTF-32 are counted. */
const countedBytes = 4096

/** The share of NULs among the bytes at each position of a four-byte group. */
const nulShares = (bytes: Uint8Array): ReadonlyArray<number> => {
  const counts = [0, 0, 0, 0]
  const length = Math.min(bytes.length, countedBytes) & ~3
  for (let i = 0; i < length; i++) if (bytes[i] === 0) counts[i & 3]!++
  return counts.map((count) => (length === 0 ? 0 : (4 * count) / length))
}

/**
 * Recognises UTF-32 by its NULs: no character has the highest of its four bytes, and nearly none the second. If the lowest
 * is NUL as well, the NULs are padding.
 */
const utf32ByNuls = (bytes: Uint8Array): Utf32 | null => {
  const [a = 0, b = 0, c = 0, d = 0] = nulShares(bytes)
  if (Math.min(c, d) > 0.9 && a < 0.5) return "utf-32le"
  return Math.min(a, b) > 0.9 && d < 0.5 ? "utf-32be" : null
}

/** Byte order marks. That of UTF-32 starts with that of UTF-16. */
const marks: ReadonlyArray<readonly [mark: ReadonlyArray<number>, encoding: Encoding]> = [
  [[0xff, 0xfe, 0, 0], "utf-32le"],
  [[0, 0, 0xfe, 0xff], "utf-32be"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0x84, 0x31, 0x95, 0x33], "gb18030"],
]

/** Encodings that a byte order mark can stand for: `utf-16` and `utf-32` mean either byte order, GBK is a part of GB 18030. */
const family = (encoding: Encoding): string =>
  encoding === "gbk" ? "gb18030" : encoding.replace(/(?<=^utf-(?:16|32))[lb]e$/, "")

/**
 * Determines the encoding from the user's option, the byte order mark, the NULs of UTF-32, or the ASCII characters of
 * UTF-16, in this order. A mark that contradicts the option is part of the text.
 */
export const sniffEncoding = (first: Uint8Array, { encoding }: EncodingHints): Sniffed => {
  const found = marks.find(([bytes]) => startsWith(first, bytes))
  const mark: Sniffed | null = found === undefined ? null : { encoding: found[1], offset: found[0].length }
  if (encoding !== undefined)
    return found !== undefined && mark !== null && family(found[1]) === family(encoding)
      ? mark
      : { encoding, offset: 0, ...(found !== undefined && { contradicted: found[1] }) }
  return mark ?? { encoding: utf32ByNuls(first) ?? sniffUtf16(first), offset: 0 }
}
