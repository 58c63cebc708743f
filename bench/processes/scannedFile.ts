import { createReadStream } from "node:fs"
import { CsvScanner } from "../../src/Csv/scan/CsvScanner.ts"
import { standard } from "../../src/Csv/record/Dialect.ts"
import type { CopyBatch } from "../../src/Domain/load/CopyBatch.ts"
import { binaryHeader, binaryTrailer } from "../../src/Layers/database/session/CopyIn.ts"

export const readPieces = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: 1 << 16 })

const batchOf = ({ batch, error }: ReturnType<CsvScanner["push"]>): CopyBatch | null => {
  if (error !== null) throw new Error(error.message)
  return batch
}

/** The batches that Sluice's scanner makes of a file. */
export async function* scanned(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<CopyBatch> {
  const scanner = new CsvScanner({ dialect: standard, maxRecordSize: 1 << 24, offset: 0 })
  for await (const piece of pieces) {
    const batch = batchOf(scanner.push(piece))
    if (batch !== null) yield batch
  }
  const last = batchOf(scanner.finish())
  if (last !== null) yield last
}

/** The batches as binary COPY input for a Node stream. Copied, because a stream does not say when it has sent them. */
export async function* binaryCopy(batches: AsyncIterable<CopyBatch>): AsyncGenerator<Uint8Array> {
  yield binaryHeader.bytes
  for await (const { bytes, release } of batches) {
    const copy = Buffer.from(bytes)
    release()
    yield copy
  }
  yield binaryTrailer.bytes
}
