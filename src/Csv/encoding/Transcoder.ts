import type { Encoding } from "../../Domain/load/Encoding.ts"
import { MultiByteTranscoder } from "./MultiByteTranscoder.ts"
import { SingleByteTranscoder } from "./SingleByteTranscoder.ts"
import { Utf16Transcoder } from "./Utf16Transcoder.ts"

/** What became of a chunk. */
export interface Transcoded {
  readonly bytes: Uint8Array
  /**
   * Where, from the start of the chunk and perhaps before it, the file is not in its encoding; `bytes` ends
   * there. `null`: nowhere.
   */
  readonly badAt: number | null
}

/** Turns text into UTF-8, chunk by chunk; what is not whole at a chunk's end waits for the next. */
export interface Transcoder {
  /** Takes the next chunk, and does not keep it. */
  readonly push: (chunk: Uint8Array) => Transcoded
  /** Takes the file's end: a character that is not whole by now is an error. */
  readonly finish: () => Transcoded
  /** Input bytes behind the end of the last answer that are kept for the next. */
  readonly held: number
  /** Input bytes that became `bytes[0, to)`, part of an answer; 0 where only a full count would tell. */
  readonly inputLength: (bytes: Uint8Array, to: number) => number
}

/** Encodings with more than one byte for some characters, ASCII the same in all. */
const multiByte: ReadonlySet<Encoding> = new Set<Encoding>([
  "gbk",
  "gb18030",
  "big5",
  "euc-jp",
  "shift_jis",
  "euc-kr",
])

/**
 * The way into UTF-8 from another encoding.
 *
 * @param marksBad what is not in the encoding becomes a bad mark, and is no error
 */
export const transcoder = (encoding: Exclude<Encoding, "utf-8">, marksBad: boolean): Transcoder => {
  if (encoding === "utf-16le" || encoding === "utf-16be") return new Utf16Transcoder(encoding, marksBad)
  return multiByte.has(encoding)
    ? new MultiByteTranscoder(encoding, marksBad)
    : new SingleByteTranscoder(encoding, marksBad)
}
