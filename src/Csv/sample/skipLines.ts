import * as Effect from "effect/Effect"
import type { NextChunk } from "../../Bytes/NextChunk.ts"
import { LineSkip } from "../record/LineSkip.ts"

/** Reads past the first lines. Returns the rest of the text, its offset, and the number of its first line, from 1. */
export const skipLines = Effect.fnUntraced(function* (text: NextChunk, lines: number) {
  const skip = new LineSkip(lines)
  let offset = 0
  let rest: Uint8Array | null = null
  while (rest === null) {
    const chunk = yield* text
    if (chunk === null) break
    const end = skip.push(chunk)
    offset += end
    if (end < chunk.length) rest = chunk.subarray(end)
  }
  const next: NextChunk = Effect.suspend(() => {
    if (rest === null) return text
    const first = rest
    rest = null
    return Effect.succeed(first)
  })
  return { text: next, offset, line: 1 + skip.skipped }
})
