/** Stands for bytes that are not in the file's encoding, if these are marked: a byte that never occurs in UTF-8. */
export const badMark = 0xff

/** The result of transcoding a chunk. */
export interface Transcoded {
  readonly bytes: Uint8Array
  /**
   * Offset of the first byte that is not in the file's encoding, relative to the chunk (negative if it came before);
   * `bytes` ends there. `null` if there is none.
   */
  readonly badAt: number | null
  /** The input that became `bytes`, if `inputLength` needs it. Valid until the next chunk. */
  readonly input?: Uint8Array
}

/** Converts text to UTF-8, chunk by chunk. An incomplete character at a chunk's end waits for the next chunk. */
export interface Transcoder {
  /** Takes the next chunk and does not keep a reference to it. */
  readonly push: (chunk: Uint8Array) => Transcoded
  /** Ends the file. An incomplete character is an error. */
  readonly finish: () => Transcoded
  /** Number of input bytes that wait for the next chunk. */
  readonly held: number
  /** Number of input bytes that became `bytes[0, to)`, part of a result with this input. */
  readonly inputLength: (bytes: Uint8Array, to: number, input: Uint8Array) => number
}

/**
 * Characters that start in `bytes[0, to)` of UTF-8, and how many of them are above U+FFFF. A bad mark counts as a
 * character.
 */
export const countCharacters = (bytes: Uint8Array, to: number) => {
  let all = 0
  let supplementary = 0
  for (let i = 0; i < to; i++) {
    const byte = bytes[i]!
    if ((byte & 0xc0) !== 0x80) all++
    if (byte >= 0xf0 && byte < 0xf8) supplementary++
  }
  return { all, supplementary }
}
