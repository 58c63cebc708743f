import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { loadError } from "../../../Domain/load/LoadError.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { type ByteReader, drain } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"
import { decodeInTurn } from "./decodeInTurn.ts"
import { expectEnd } from "./StreamFormat.ts"
import { decodeEntry } from "./ZipEntryData.ts"
import * as ZipHeaders from "./ZipHeaders.ts"
import { kindOf, NameList, quoted } from "./ZipNames.ts"

/** In an archive of several CSV files: how many more bytes are read to name them all in the error. */
const maxBytesForNames = 8 * 1024 * 1024

const notCsv = (found: string, advice: string) =>
  loadError("not_csv", `The file is not CSV but ${found}. ${advice}`)

const officeFile = notCsv(
  "an Excel workbook or another Office file (.xlsx, .ods)",
  "Export the data as CSV and load that file.",
)

const severalFiles = (names: NameList, isComplete: boolean) =>
  notCsv(
    `a ZIP archive of several files: ${names.toString()}${isComplete ? "" : ", and perhaps more"}`,
    names.hasEqual
      ? "Some names are equal, or differ only in case or Unicode form: rename these files, and pack the archive again."
      : "Choose one with the option zipEntry.",
  )

const noFile = (ignored: NameList, zipEntry: string | null) =>
  notCsv(
    `a ZIP archive without a ${zipEntry === null ? "CSV file" : `file ${quoted(zipEntry)}`}` +
      (ignored.count === 0 ? "" : `; it holds ${ignored.toString()}`),
    "Load an archive with one CSV file in it, or choose a file with the option zipEntry.",
  )

/**
 * Decodes the one CSV file of a ZIP archive while the archive arrives, by the local headers. The central directory must
 * be present but is not used. Other entries are skipped if their names show that they are not CSV, or do not match the
 * pattern. Ends only after the whole archive has been read.
 *
 * @param zipEntry name or pattern of the file; `null` for the only CSV file
 */
export const decodeZip = (
  input: ByteReader,
  errors: CompressionErrors,
  limitSize: (next: NextChunk) => NextChunk,
  zipEntry: string | null,
): Effect.Effect<NextChunk, never, Scope.Scope> =>
  Effect.suspend(() => {
    const csvNames = new NameList()
    const ignored = new NameList()
    let namesEnd = Infinity

    const exactly = Effect.fnUntraced(function* (count: number) {
      const bytes = yield* input.take(count)
      return bytes.length < count ? yield* errors.truncated(input.position) : bytes
    })

    /** Reads the next local header; `null` when the central directory starts. */
    const nextEntry = Effect.gen(function* () {
      const start = input.position
      const first = yield* input.peek(4)
      if (first.length < 4) return yield* errors.truncated(start + first.length)
      if (ZipHeaders.view(first).getUint32(0, true) !== ZipHeaders.signature.localHeader) {
        if (ZipHeaders.directoryRecordLength(first) !== null) return null
        return yield* errors.corrupt(start, "neither a file nor the central directory starts there")
      }
      const header = yield* exactly(ZipHeaders.localHeaderLength)
      const tail = yield* exactly(ZipHeaders.localTailLength(header))
      return ZipHeaders.parseLocalHeader(header, tail)
    })

    const skipDirectory = Effect.gen(function* () {
      let isEndRecord = false
      while (!isEndRecord) {
        const start = input.position
        const first = yield* input.peek(ZipHeaders.directoryRecordPeek)
        const length = ZipHeaders.directoryRecordLength(first)
        if (length === null)
          return yield* first.length < 4
            ? errors.truncated(start + first.length)
            : errors.corrupt(start, "the central directory is invalid there")
        isEndRecord = ZipHeaders.view(first).getUint32(0, true) === ZipHeaders.signature.end
        if ((yield* drain(input.upTo(length))) < length) return yield* errors.truncated(input.position)
      }
      yield* expectEnd(input, errors, true)
    })

    const skipEntry = Effect.fnUntraced(function* (entry: ZipHeaders.ZipEntry) {
      if (entry.hasDescriptor) {
        // Its size is unknown, so only decoding finds its end.
        const { close, next } = yield* decodeEntry(entry, input, errors)
        yield* Effect.ensuring(drain(limitSize(next)), Effect.sync(close))
      } else if ((yield* drain(input.upTo(entry.compressedSize))) < entry.compressedSize)
        return yield* errors.truncated(input.position)
    })

    /** Advances to the data of the CSV file, or to the end of the archive (`null`). */
    const nextCsvFile = Effect.gen(function* () {
      for (let entry = yield* nextEntry; entry !== null; entry = yield* nextEntry) {
        const kind = kindOf(entry.name, zipEntry)
        if (kind === "office") return yield* officeFile
        const names = kind === "csv" ? csvNames : ignored
        names.add(entry.name)
        if (kind === "csv" && csvNames.count === 1) return yield* decodeEntry(entry, input, errors)
        if (csvNames.count === 2 && namesEnd === Infinity) namesEnd = input.position + maxBytesForNames
        if (input.position + entry.compressedSize > namesEnd) return yield* severalFiles(csvNames, false)
        yield* skipEntry(entry)
      }
      if (csvNames.count > 1) return yield* severalFiles(csvNames, true)
      if (csvNames.count === 0) return yield* noFile(ignored, zipEntry)
      yield* skipDirectory
      return null
    })

    return decodeInTurn(nextCsvFile)
  })
