import * as Effect from "effect/Effect"
import { crc32 } from "node:zlib"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import type { ByteReader } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"
import { type Checksums, descriptorLength, maxDescriptorLength } from "./ZipHeaders.ts"

const signature = Buffer.from([0x50, 0x4b, 0x07, 0x08])

/** Length of the incomplete signature at the end of the bytes: 0 to 3. */
const incompleteSignature = (bytes: Buffer): number => {
  for (const length of [3, 2, 1])
    if (length <= bytes.length && bytes.subarray(-length).equals(signature.subarray(0, length))) return length
  return 0
}

/**
 * How many of the bytes are certainly data: those before the descriptor, or before an end too short to decide.
 *
 * @param before checksums of the data before these bytes
 */
const certainLength = (bytes: Buffer, before: Checksums): number => {
  let { crc } = before
  let summed = 0
  for (let at = bytes.indexOf(signature); at !== -1; at = bytes.indexOf(signature, at + 1)) {
    if (bytes.length - at < maxDescriptorLength) return at
    crc = crc32(bytes.subarray(summed, at), crc)
    summed = at
    const sums = { crc, compressedSize: before.compressedSize + at, size: before.size + at }
    if (descriptorLength(bytes.subarray(at, at + maxDescriptorLength), sums) !== null) return at
  }
  return bytes.length - incompleteSignature(bytes)
}

/**
 * Reads stored data of unknown size, as streaming ZIP writers produce them. They end at the descriptor whose checksum
 * and sizes match. Does not read the descriptor.
 *
 * @param checksums of the data returned so far
 */
export const storedUntilDescriptor = (
  input: ByteReader,
  errors: CompressionErrors,
  checksums: () => Checksums,
): NextChunk => {
  const next: NextChunk = Effect.suspend(() =>
    Effect.flatMap(input.next, (bytes): NextChunk => {
      if (bytes === null) return Effect.fail(errors.truncated(input.position))
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      input.unread(chunk)
      const before = checksums()
      const length = certainLength(chunk, before)
      if (length > 0) return input.take(length)
      return Effect.flatMap(input.peek(maxDescriptorLength), (ahead): NextChunk => {
        if (descriptorLength(ahead, before) !== null) return Effect.succeed(null)
        // The central directory follows every descriptor, so fewer bytes mean a truncated file.
        return ahead.length < maxDescriptorLength
          ? Effect.fail(errors.truncated(input.position + ahead.length))
          : next
      })
    }),
  )
  return next
}
