import * as Effect from "effect/Effect"
import { joinBytes } from "../../../Bytes/joinBytes.ts"
import type { NextChunk } from "../../../Bytes/NextChunk.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"

/**
 * Index of the first byte of the footer of a text, or of what may be one if the text goes on. The length of the text: there
 * is none. Must not depend on bytes before that index.
 */
export type FooterStart = (text: Uint8Array, isEnd: boolean) => number

/**
 * The chunks of a text, without its footer until its end is known. Then the footer comes as the last chunk, after
 * `onFooter` has been called.
 */
export const withFooter = (next: NextChunk, footerStart: FooterStart, onFooter: () => void): NextChunk => {
  let held: Uint8Array = noBytes
  let isEnd = false
  const lastChunk = (): Uint8Array | null => {
    onFooter()
    const footer = held.length > 0 ? held : null
    held = noBytes
    return footer
  }
  return Effect.gen(function* () {
    if (isEnd) return lastChunk()
    while (true) {
      const chunk = yield* next
      if (chunk === null) break
      const text = joinBytes(held, chunk)
      const start = footerStart(text, false)
      held = start === text.length ? noBytes : text.slice(start)
      if (start > 0) return text.subarray(0, start)
    }
    isEnd = true
    const text = held
    const start = footerStart(text, true)
    held = text.subarray(start)
    return start > 0 ? text.subarray(0, start) : lastChunk()
  })
}
