import { createReadStream, createWriteStream } from "node:fs"
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { attempt } from "../BenchFailure.ts"
import { type Encode, encoderOf, type FileEncoding } from "./encoderOf.ts"
import type { FileKind } from "./FileKind.ts"
import { Random } from "./Random.ts"

/** Increment when a generator changes: files of another edition are generated again. */
const edition = 1

/** The data is kept here between runs; git ignores it. */
export const dataFolder = join(import.meta.dirname, "..", "data")

const Measures = Schema.Struct({ edition: Schema.Int, bytes: Schema.Natural, rows: Schema.Natural })
const decodeMeasures = Schema.decodeUnknownOption(Schema.fromJsonString(Measures))

/** A CSV file with a header and LF line endings. */
export interface DataFile {
  readonly kind: FileKind
  readonly path: string
  /** Path relative to `dataFolder`. */
  readonly name: string
  readonly bytes: number
  /** Records after the header. */
  readonly rows: number
}

const megabyte = 1_000_000
const blockSize = 1 << 20

interface Contents {
  readonly seed: number
  /** In characters. */
  readonly size: number
  readonly encode: Encode
}

/** Blocks of whole rows up to `size` characters. A smaller file of a kind is a prefix of a larger one. */
function* blocks(kind: FileKind, { encode, seed, size }: Contents, count: { bytes: number; rows: number }) {
  const random = new Random(seed)
  let block = `${kind.columns.join(",")}\n`
  let characters = 0
  while (characters + block.length < size) {
    block += `${kind.row(random, ++count.rows)}\n`
    if (block.length < blockSize) continue
    characters += block.length
    const bytes = encode(block)
    count.bytes += bytes.length
    yield bytes
    block = ""
  }
  const bytes = encode(block)
  count.bytes += bytes.length
  yield bytes
}

const readMeasures = Effect.fnUntraced(function* (path: string) {
  const text = yield* Effect.option(
    attempt(`read ${path}.json`, async () => {
      const { size } = await stat(path)
      return { size, json: await readFile(`${path}.json`, "utf8") }
    }),
  )
  return Option.flatMap(text, ({ json, size }) =>
    Option.filter(decodeMeasures(json), (known) => known.edition === edition && known.bytes === size),
  )
})

/** Writes a draft and renames it, so an interrupted run leaves no truncated file. */
const generate = (kind: FileKind, path: string, options: Contents) =>
  attempt(`write ${path}`, async (signal) => {
    const count = { bytes: 0, rows: 0 }
    const draft = `${path}.part`
    await mkdir(dirname(path), { recursive: true })
    try {
      await pipeline(blocks(kind, options, count), createWriteStream(draft), { signal })
      await writeFile(`${path}.json`, JSON.stringify({ edition, ...count }))
      await rename(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
    return count
  })

const ensure = Effect.fnUntraced(function* (kind: FileKind, name: string, options: Contents) {
  const path = join(dataFolder, name)
  const known = yield* readMeasures(path)
  const { bytes, rows } = Option.isSome(known) ? known.value : yield* generate(kind, path, options)
  return { kind, path, name, bytes, rows } satisfies DataFile
})

/** A file of about `megabytes` × 10⁶ characters, generated if missing. */
export const file = (kind: FileKind, megabytes: number, encoding: FileEncoding = "utf-8") =>
  ensure(kind, `${kind.name}-${megabytes}mb${encoding === "utf-8" ? "" : `.${encoding}`}.csv`, {
    seed: kind.seed,
    size: megabytes * megabyte,
    encode: encoderOf(encoding),
  })

/** The file, compressed by gzip; its `bytes` are those of the file itself. */
export const gzipped = Effect.fnUntraced(function* (original: DataFile) {
  const path = `${original.path}.gz`
  const isKnown = yield* Effect.option(attempt(`read ${path}`, () => stat(path)))
  if (Option.isNone(isKnown))
    yield* attempt(`write ${path}`, async (signal) => {
      const draft = `${path}.part`
      await pipeline(createReadStream(original.path), createGzip(), createWriteStream(draft), { signal })
      await rename(draft, path)
    })
  return { ...original, path, name: `${original.name}.gz` } satisfies DataFile
})

/** Files of about 10 kB with different rows. */
export const smallFiles = (kind: FileKind, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, n) => n + 1),
    (n) =>
      ensure(kind, `small/part_${String(n).padStart(4, "0")}.csv`, {
        seed: kind.seed + n,
        size: 10_000,
        encode: encoderOf("utf-8"),
      }),
  )
