import * as Effect from "effect/Effect"
import { crc32 } from "node:zlib"
import type { ByteReader } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import { descriptorLength, longestDescriptor, type Sums } from "./ZipHeaders.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"

const mark = Buffer.from([0x50, 0x4b, 0x07, 0x08])

/** Length of the beginning of the mark with which the bytes end: 0 to 3. */
const openEnd = (bytes: Buffer): number => {
  for (const length of [3, 2, 1])
    if (length <= bytes.length && bytes.subarray(-length).equals(mark.subarray(0, length))) return length
  return 0
}

/**
 * How many of the bytes are data for certain: those before the descriptor, or before what is too short to tell.
 *
 * @param before sums of the data before these bytes
 */
const certain = (bytes: Buffer, before: Sums): number => {
  let { crc } = before
  let summed = 0
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (bytes.length - at < longestDescriptor) return at
    crc = crc32(bytes.subarray(summed, at), crc)
    summed = at
    const sums = { crc, compressedSize: before.compressedSize + at, size: before.size + at }
    if (descriptorLength(bytes.subarray(at, at + longestDescriptor), sums) !== null) return at
  }
  return bytes.length - openEnd(bytes)
}

/**
 * Data that are stored as they are, without a word on where they end, as tools write them that cannot go back:
 * they end at the descriptor whose checksum and sizes are theirs. The descriptor is left to the reader.
 *
 * @param sums of what was passed on so far
 */
export const storedUntilDescriptor = (input: ByteReader, damage: Damage, sums: () => Sums): NextChunk => {
  const next: NextChunk = Effect.suspend(() =>
    Effect.flatMap(input.next, (bytes): NextChunk => {
      if (bytes === null) return Effect.fail(damage.truncated(input.position))
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      input.unread(chunk)
      const before = sums()
      const length = certain(chunk, before)
      if (length > 0) return input.take(length)
      return Effect.flatMap(input.peek(longestDescriptor), (ahead): NextChunk => {
        if (descriptorLength(ahead, before) !== null) return Effect.succeed(null)
        // There is a directory behind every descriptor: fewer bytes are too few.
        return ahead.length < longestDescriptor
          ? Effect.fail(damage.truncated(input.position + ahead.length))
          : next
      })
    }),
  )
  return next
}
