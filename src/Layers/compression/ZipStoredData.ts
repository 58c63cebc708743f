import * as Effect from "effect/Effect"
import type { ByteReader, NextChunk } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import { descriptorLength, longestDescriptor, type Sums } from "./ZipHeaders.ts"

const mark = Buffer.from([0x50, 0x4b, 0x07, 0x08])

/** Length of the beginning of the mark with which the bytes end: 0 to 3. */
const openEnd = (bytes: Buffer): number => {
  for (const length of [3, 2, 1])
    if (length <= bytes.length && bytes.subarray(-length).equals(mark.subarray(0, length))) return length
  return 0
}

/**
 * Data that are stored as they are, without a word on where they end, as tools write them that cannot go back:
 * they end at the descriptor whose checksum and sizes are theirs. The descriptor is left to the reader.
 *
 * @param sums of what was passed on so far
 */
export const storedUntilDescriptor = (input: ByteReader, damage: Damage, sums: () => Sums): NextChunk => {
  /** All but the end of it, which is to be looked at once more. */
  const pass = (chunk: Buffer, length: number) => {
    input.unread(chunk.subarray(length))
    return Effect.succeed(chunk.subarray(0, length))
  }
  const next: NextChunk = Effect.suspend(() =>
    Effect.flatMap(input.next, (bytes): NextChunk => {
      if (bytes === null) return Effect.fail(damage.truncated(input.position))
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const found = chunk.indexOf(mark)
      if (found > 0) return pass(chunk, found)
      const length = chunk.length - openEnd(chunk)
      if (found === -1 && length > 0) return pass(chunk, length)
      input.unread(chunk)
      return Effect.flatMap(input.peek(longestDescriptor), (ahead) => {
        if (descriptorLength(ahead, sums()) !== null) return Effect.succeed(null)
        return ahead.length < mark.length
          ? Effect.fail(damage.truncated(input.position + ahead.length))
          : input.take(1)
      })
    }),
  )
  return next
}
