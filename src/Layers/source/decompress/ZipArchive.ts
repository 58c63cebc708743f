import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { loadError } from "../../../Domain/load/LoadError.ts"
import { type ByteReader, drain } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import type { DecodedSize } from "./DecodedSize.ts"
import { entryData, type ZipEntryData } from "./ZipEntryData.ts"
import * as ZipHeaders from "./ZipHeaders.ts"
import { kindOf, Names } from "./ZipNames.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"

/** How much more of an archive is read for the names of its other files, once there are too many. */
const readForNames = 8 * 1024 * 1024

const notCsv = (what: string, advice: string) =>
  loadError("not_csv", `The file is not CSV but ${what}. ${advice}`)

const office = notCsv(
  "an Excel workbook or another Office file (.xlsx, .ods)",
  "Export the data as CSV and give the URL of that file.",
)

const several = (names: Names, areAll: boolean) =>
  notCsv(
    `a ZIP archive of several files: ${names.toString()}${areAll ? "" : ", and perhaps more"}`,
    "Give the URL of an archive with one CSV file in it.",
  )

const none = (ignored: Names) =>
  notCsv(
    `a ZIP archive without a CSV file${ignored.count === 0 ? "" : `; it holds ${ignored.toString()}`}`,
    "Give the URL of an archive with one CSV file in it.",
  )

/**
 * Decodes the one CSV file of a ZIP archive as the archive comes in, by the headers before the files; the
 * directory behind them must be there, but is not what is gone by. What else the archive holds is passed over
 * if its name says that it is no CSV file. Ends only when the whole archive has come.
 *
 * @param size counts what is decoded only to be passed over; the caller counts the rest
 */
export const decodeZip = (
  input: ByteReader,
  damage: Damage,
  size: DecodedSize,
): Effect.Effect<NextChunk, never, Scope.Scope> =>
  Effect.suspend(() => {
    const names = new Names()
    const ignored = new Names()
    let data: ZipEntryData | null = null
    let namesEnd = Infinity
    let isDone = false

    const exactly = Effect.fnUntraced(function* (count: number) {
      const bytes = yield* input.take(count)
      return bytes.length < count ? yield* damage.truncated(input.position) : bytes
    })

    /** The next entry, up to its data; `null` when the directory begins. */
    const nextEntry = Effect.gen(function* () {
      const start = input.position
      const first = yield* input.peek(4)
      if (first.length < 4) return yield* damage.truncated(start + first.length)
      if (ZipHeaders.view(first).getUint32(0, true) !== ZipHeaders.signature.localHeader) {
        if (ZipHeaders.directoryPartLength(first) !== null) return null
        return yield* damage.corrupt(start, "no file and no directory begins there")
      }
      const header = yield* exactly(ZipHeaders.localHeaderLength)
      const tail = yield* exactly(ZipHeaders.localTailLength(header))
      return ZipHeaders.parseLocalHeader(header, tail)
    })

    /** Reads the directory and whatever follows, which must be nothing or padding. */
    const passDirectory = Effect.gen(function* () {
      let isEnd = false
      while (!isEnd) {
        const start = input.position
        const first = yield* input.peek(ZipHeaders.directoryPartWanted)
        const length = ZipHeaders.directoryPartLength(first)
        if (length === null)
          return yield* first.length < 4
            ? damage.truncated(start + first.length)
            : damage.corrupt(start, "the archive's directory is broken there")
        isEnd = ZipHeaders.view(first).getUint32(0, true) === ZipHeaders.signature.end
        if ((yield* drain(input.upTo(length))) < length) return yield* damage.truncated(input.position)
      }
      while (true) {
        const start = input.position
        const chunk = yield* input.next
        if (chunk === null) return null
        const at = chunk.findIndex((byte) => byte !== 0)
        if (at !== -1) return yield* damage.corrupt(start + at, "the archive ends there, and more follows")
      }
    })

    const skip = Effect.fnUntraced(function* (entry: ZipHeaders.ZipEntry) {
      if (!entry.hasDescriptor) {
        const skipped = yield* drain(input.upTo(entry.compressedSize))
        if (skipped < entry.compressedSize) return yield* damage.truncated(input.position)
        return
      }
      data = yield* entryData(entry, input, damage)
      yield* drain(size.bound(data.next))
      data.close()
      data = null
    })

    /** Goes on to the CSV file's data (`true`), or to the end of the archive. */
    const advance = Effect.gen(function* () {
      while (true) {
        const entry = yield* nextEntry
        if (entry === null) break
        const kind = kindOf(entry.name)
        if (kind === "office") return yield* office
        const list = kind === "data" ? names : ignored
        list.add(entry.name)
        if (kind === "data" && names.count === 1) {
          data = yield* entryData(entry, input, damage)
          return true
        }
        if (names.count === 2 && namesEnd === Infinity) namesEnd = input.position + readForNames
        if (input.position + entry.compressedSize > namesEnd) return yield* several(names, false)
        yield* skip(entry)
      }
      if (names.count > 1) return yield* several(names, true)
      if (names.count === 0) return yield* none(ignored)
      yield* passDirectory
      isDone = true
      return false
    })

    const next: NextChunk = Effect.suspend((): NextChunk => {
      if (isDone) return Effect.succeed(null)
      if (data === null) return Effect.flatMap(advance, (isData) => (isData ? next : Effect.succeed(null)))
      return Effect.flatMap(data.next, (chunk) => {
        if (chunk !== null) return Effect.succeed(chunk)
        data?.close()
        data = null
        return next
      })
    })

    return Effect.as(
      Effect.addFinalizer(() => Effect.sync(() => data?.close())),
      next,
    )
  })
