import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../Domain/CopySink.ts"
import { loadError, type LoadError } from "../Domain/LoadError.ts"
import { CsvScanner, type Scanned } from "./CsvScanner.ts"
import { type Dialect, standard } from "./Dialect.ts"
import { byteOrderMarkLength, firstBytesWanted, refusal } from "./FirstBytes.ts"

/** Postgres takes no row of more than 1 GiB whatever is configured: no string in its memory is longer. */
const largestRecordOfPostgres = 2 ** 30

export interface CsvOptions {
  /** Largest record in bytes, line ending not counted; the header is a record too. */
  readonly maxRecordSize: ByteSize.ByteSize
  /** `Content-Type` of the file, where there is one: tells a web page from a CSV file. */
  readonly contentType?: string | null
  readonly dialect?: Dialect
}

/** A file whose header has been read. */
export interface CsvFile {
  /** The header's cells as they stand in the file. */
  readonly header: ReadonlyArray<string>
  /**
   * The rows, once: at most one batch per chunk of the file, none of them empty. Rows before a bad record come
   * out before the error.
   */
  readonly batches: Stream.Stream<CopyBatch, LoadError>
}

/** One chunk per run; `null` when there are no more. */
type NextChunk = Effect.Effect<Uint8Array | null, LoadError>

const chunkwise = (pull: Pull.Pull<ReadonlyArray<Uint8Array>, LoadError>): NextChunk => {
  let waiting: ReadonlyArray<Uint8Array> = []
  let taken = 0
  let isDone = false
  const refill: NextChunk = pull.pipe(
    Effect.map((chunks): Uint8Array | null => {
      waiting = chunks
      taken = 1
      return chunks[0] ?? null
    }),
    Pull.catchDone(() => {
      isDone = true
      return Effect.succeed(null)
    }),
  )
  return Effect.suspend(() => {
    if (isDone) return Effect.succeed(null)
    return taken < waiting.length ? Effect.succeed(waiting[taken++]!) : refill
  })
}

/** The file's first bytes in one piece: `firstBytesWanted` or more, fewer when the file has no more. */
const firstBytes = Effect.fnUntraced(function* (next: NextChunk) {
  let first = new Uint8Array(0)
  while (first.length < firstBytesWanted) {
    const chunk = yield* next
    if (chunk === null) break
    const longer = new Uint8Array(first.length + chunk.length)
    longer.set(first)
    longer.set(chunk, first.length)
    first = longer
  }
  return first
})

/** Runs the scanner over the rest of the file, one chunk per pull; `scanned` comes first. */
const batchesFrom = (scanner: CsvScanner, scanned: Scanned, next: NextChunk) => {
  let waiting: Scanned | null = scanned
  let failure: LoadError | null = null
  let isFinished = false
  const pull = Effect.gen(function* () {
    while (true) {
      if (failure !== null) return yield* failure
      if (isFinished) return yield* Cause.done()
      let current: Scanned
      if (waiting !== null) {
        current = waiting
        waiting = null
      } else {
        const chunk = yield* next
        isFinished = chunk === null
        current = chunk === null ? scanner.finish() : scanner.push(chunk)
      }
      failure = current.error
      if (current.batch !== null) return [current.batch] as const
    }
  })
  return Stream.fromPull(Effect.succeed(pull))
}

/**
 * Reads a CSV file up to the end of its header and gives the rest as rows in COPY's text format. Pulls no
 * faster than the rows are taken, and works by the chunk, never by the row.
 *
 * Fails, here or in `batches`, with the `LoadError` that names the bad record and its place; `not_csv` when
 * the file is plainly something else, `empty_file` when it holds no header, and with whatever `bytes` fails.
 */
export const readCsv: (
  bytes: Stream.Stream<Uint8Array, LoadError>,
  options: CsvOptions,
) => Effect.Effect<CsvFile, LoadError, Scope.Scope> = Effect.fn("Csv.readCsv")(function* (bytes, options) {
  const next = chunkwise(yield* Stream.toPull(bytes))
  const first = yield* firstBytes(next)
  const refused = refusal(first, options.contentType ?? null)
  if (refused !== null) return yield* refused
  const offset = byteOrderMarkLength(first)
  const maxRecordSize = Option.getOrElse(ByteSize.toNumber(options.maxRecordSize), () => Infinity)
  const scanner = new CsvScanner({
    dialect: options.dialect ?? standard,
    maxRecordSize: Math.min(maxRecordSize, largestRecordOfPostgres),
    offset,
  })
  let scanned = scanner.push(first.subarray(offset))
  while (scanner.header === null && scanned.error === null) {
    const chunk = yield* next
    scanned = chunk === null ? scanner.finish() : scanner.push(chunk)
  }
  if (scanner.header === null)
    return yield* scanned.error ?? loadError("internal_error", "The header was neither read nor refused.")
  return { header: scanner.header, batches: batchesFrom(scanner, scanned, next) }
})
