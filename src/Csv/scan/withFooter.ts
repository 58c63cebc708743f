import * as Effect from "effect/Effect"
import { joinBytes } from "../../Bytes/joinBytes.ts"
import type { NextChunk } from "../../Bytes/NextChunk.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { lastLinesStart } from "../record/lastLinesStart.ts"

/**
 * The chunks of a text, without its last lines until its end is known. Then these come as the last chunk, after `onFooter`
 * has been called.
 */
export const withFooter = (next: NextChunk, lines: number, onFooter: () => void): NextChunk => {
  let held: Uint8Array = noBytes
  let footer: Uint8Array | null = null
  return Effect.gen(function* () {
    if (footer !== null) {
      onFooter()
      const last = footer.length > 0 ? footer : null
      footer = noBytes
      return last
    }
    while (true) {
      const chunk = yield* next
      if (chunk === null) break
      held = joinBytes(held, chunk)
      // One line more, because the last one may not have ended.
      const ready = held.subarray(0, lastLinesStart(held, lines + 1))
      if (ready.length === 0) continue
      held = held.slice(ready.length)
      return ready.slice()
    }
    const start = lastLinesStart(held, lines)
    footer = held.subarray(start)
    if (start > 0) return held.subarray(0, start)
    onFooter()
    const last = footer.length > 0 ? footer : null
    footer = noBytes
    return last
  })
}
