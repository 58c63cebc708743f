import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { ByteReader } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import { chunkSize, type Engine, EngineRun } from "./EngineRun.ts"
import { quoted } from "./ZipNames.ts"
import { descriptorLength, longestDescriptor, method, type Sums, type ZipEntry } from "./ZipHeaders.ts"
import { storedUntilDescriptor } from "./ZipStoredData.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"

/** The data of one entry, decoded, once; its end is an error unless sum and sizes are right. */
export interface ZipEntryData {
  readonly next: NextChunk
  readonly close: () => void
}

const engineOf = (entry: ZipEntry): Engine | null => {
  if (entry.method === method.deflated) return zlib.createInflateRaw({ chunkSize })
  return entry.method === method.zstd ? zlib.createZstdDecompress({ chunkSize }) : null
}

const repack =
  "Pack the file again, as a plain ZIP archive or as .gz, or give the URL of the CSV file itself."

/** Why the data of an entry cannot be read, or `null`. */
const refusal = (entry: ZipEntry, damage: Damage): LoadError | null => {
  const name = quoted(entry.name)
  if (entry.isEncrypted) return damage.unsupported(`holds ${name} encrypted with a password`, repack)
  const isKnown = Object.values(method).some((known) => known === entry.method)
  if (!isKnown) return damage.unsupported(`holds ${name} packed by method ${entry.method}`, repack)
  return null
}

/**
 * Begins to decode the data that follow a local header. A packed entry whose sizes follow its data ends where
 * its compressed data end.
 */
export const entryData = (
  entry: ZipEntry,
  input: ByteReader,
  damage: Damage,
): Effect.Effect<ZipEntryData, LoadError> =>
  Effect.suspend(() => {
    const refused = refusal(entry, damage)
    if (refused !== null) return Effect.fail(refused)
    const start = input.position
    const engine = engineOf(entry)
    const isBounded = !entry.hasDescriptor || (engine === null && entry.compressedSize > 0)
    const source = isBounded ? new ByteReader(input.upTo(entry.compressedSize)) : input
    const run = engine === null ? null : new EngineRun(source, engine, damage)
    let crc = 0
    let size = 0

    const sumsSoFar = (): Sums => ({ crc, size, compressedSize: input.position - start })
    const wrong = (what: string) => damage.corrupt(input.position, `${quoted(entry.name)} ${what}`)

    const finish = Effect.gen(function* () {
      if (isBounded) {
        if ((yield* source.peek(1)).length > 0) return yield* wrong("ends before its compressed data do")
        if (input.position - start < entry.compressedSize) return yield* damage.truncated(input.position)
      }
      const sums = sumsSoFar()
      if (entry.hasDescriptor) {
        const next = yield* input.peek(longestDescriptor)
        const length = descriptorLength(next, sums)
        if (length === null) {
          if (next.length < longestDescriptor - 8)
            return yield* damage.truncated(input.position + next.length)
          return yield* wrong("is not what its checksum and sizes say")
        }
        yield* input.take(length)
      } else if (sums.crc !== entry.crc || sums.size !== entry.size)
        return yield* wrong("is not what its checksum and size say")
      return null
    })

    const stored = isBounded ? source.next : storedUntilDescriptor(input, damage, sumsSoFar)
    const bytes = run === null ? stored : run.next
    const next: NextChunk = Effect.flatMap(bytes, (chunk) => {
      if (chunk === null) return finish
      crc = zlib.crc32(chunk, crc)
      size += chunk.length
      return Effect.succeed(chunk)
    })
    return Effect.succeed({ next, close: () => run?.close() })
  })
