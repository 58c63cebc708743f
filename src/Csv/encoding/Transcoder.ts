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
