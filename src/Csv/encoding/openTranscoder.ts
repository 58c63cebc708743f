import type { Encoding } from "../../Domain/load/Encoding.ts"
import { MultiByteTranscoder } from "./MultiByteTranscoder.ts"
import { SingleByteTranscoder } from "./SingleByteTranscoder.ts"
import type { Transcoder } from "./Transcoder.ts"
import { Utf16Transcoder } from "./Utf16Transcoder.ts"
import { Utf32Transcoder } from "./Utf32Transcoder.ts"

/** Encodings that need several bytes for some characters and share ASCII. */
const multiByte: ReadonlySet<Encoding> = new Set([
  "gbk",
  "gb18030",
  "big5",
  "euc-jp",
  "shift_jis",
  "euc-kr",
  "iso-2022-jp",
])

export const openTranscoder = (encoding: Exclude<Encoding, "utf-8">, marksBad: boolean): Transcoder => {
  if (encoding === "utf-16le" || encoding === "utf-16be") return new Utf16Transcoder(encoding, marksBad)
  if (encoding === "utf-32le" || encoding === "utf-32be") return new Utf32Transcoder(encoding, marksBad)
  return multiByte.has(encoding)
    ? new MultiByteTranscoder(encoding, marksBad)
    : new SingleByteTranscoder(encoding, marksBad)
}
