import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { ByteReader } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"
import { descriptorLength, maxDescriptorLength, method, type Checksums, type ZipEntry } from "./ZipHeaders.ts"
import { quoted } from "./ZipNames.ts"
import { chunkSize, type Decoder, type Zlib, zlibDecoder } from "./ZlibDecoder.ts"

const zlibFor = (entry: ZipEntry): Zlib | null => {
  if (entry.method === method.deflated) return zlib.createInflateRaw({ chunkSize })
  return entry.method === method.zstd ? zlib.createZstdDecompress({ chunkSize }) : null
}

const unsupported = (entry: ZipEntry, errors: CompressionErrors): LoadError | null => {
  const advice = "Compress the file as a plain ZIP archive or as .gz, or load the CSV file itself."
  const name = quoted(entry.name)
  if (entry.isEncrypted) return errors.unsupported(`${name} is encrypted`, advice)
  const isKnown = Object.values(method).some((known) => known === entry.method)
  return isKnown ? null : errors.unsupported(`${name} is compressed by method ${entry.method}`, advice)
}

const descriptorSignature = Buffer.from([0x50, 0x4b, 0x07, 0x08])

/**
 * Reads stored data of unknown size, as streaming ZIP writers produce them. They end at the descriptor whose checksum
 * and sizes match. Does not read the descriptor.
 *
 * @param checksums of the data returned so far
 */
const storedUntilDescriptor = (
  input: ByteReader,
  errors: CompressionErrors,
  checksums: () => Checksums,
): NextChunk =>
  Effect.gen(function* () {
    const ahead = yield* input.peek(maxDescriptorLength)
    // The central directory follows every descriptor, so fewer bytes mean a truncated file.
    if (ahead.length < maxDescriptorLength) return yield* errors.truncated(input.position + ahead.length)
    const before = checksums()
    const bytes = (yield* input.next) ?? ahead
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // The last three bytes can be the start of a signature.
    let length = bytes.length - descriptorSignature.length + 1
    let { crc } = before
    let summed = 0
    for (
      let at = buffer.indexOf(descriptorSignature);
      at !== -1;
      at = buffer.indexOf(descriptorSignature, at + 4)
    ) {
      crc = zlib.crc32(bytes.subarray(summed, at), crc)
      summed = at
      const sums = { crc, size: before.size + at, compressedSize: before.compressedSize + at }
      const descriptor = bytes.subarray(at, at + maxDescriptorLength)
      if (descriptor.length < maxDescriptorLength || descriptorLength(descriptor, sums) !== null) {
        length = at
        break
      }
    }
    input.unread(bytes.subarray(length))
    return length === 0 ? null : bytes.subarray(0, length)
  })

/**
 * Decodes the data after a local header, and checks them against checksum and sizes. If the sizes come after the data
 * (in a descriptor), compressed data end where their format says so.
 */
export const decodeEntry = (
  entry: ZipEntry,
  input: ByteReader,
  errors: CompressionErrors,
): Effect.Effect<Decoder, LoadError> =>
  Effect.suspend(() => {
    const refused = unsupported(entry, errors)
    if (refused !== null) return Effect.fail(refused)
    const start = input.position
    const zlibStream = zlibFor(entry)
    const hasKnownSize = !entry.hasDescriptor || (zlibStream === null && entry.compressedSize > 0)
    const source = hasKnownSize ? new ByteReader(input.upTo(entry.compressedSize)) : input
    let crc = 0
    let size = 0

    const checksums = (): Checksums => ({ crc, size, compressedSize: input.position - start })
    const corrupt = (reason: string) => errors.corrupt(input.position, `${quoted(entry.name)} ${reason}`)

    const finish = Effect.gen(function* () {
      if (hasKnownSize) {
        if ((yield* source.peek(1)).length > 0) return yield* corrupt("ends before its compressed data do")
        if (input.position - start < entry.compressedSize) return yield* errors.truncated(input.position)
      }
      const sums = checksums()
      if (entry.hasDescriptor) {
        const next = yield* input.peek(maxDescriptorLength)
        const length = descriptorLength(next, sums)
        if (length === null) {
          if (next.length < maxDescriptorLength - 8)
            return yield* errors.truncated(input.position + next.length)
          return yield* corrupt("does not match its checksum and sizes")
        }
        yield* input.take(length)
      } else if (sums.crc !== entry.crc || sums.size !== entry.size)
        return yield* corrupt("does not match its checksum and size")
      return null
    })

    const stored: Decoder = {
      next: hasKnownSize ? source.next : storedUntilDescriptor(input, errors, checksums),
      close: () => {},
    }
    const data = zlibStream === null ? stored : zlibDecoder(source, zlibStream, errors)
    const next: NextChunk = Effect.flatMap(data.next, (chunk) => {
      if (chunk === null) return finish
      crc = zlib.crc32(chunk, crc)
      size += chunk.length
      return Effect.succeed(chunk)
    })
    return Effect.succeed({ next, close: data.close })
  })
