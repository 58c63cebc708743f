/** Prints how long texts that are made to be hard to read hold the event loop, one JSON object per line. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as ByteSize from "effect/ByteSize"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"
import { readBeginning } from "../../../src/Api/preview/PreviewRead.ts"
import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import { typeRows } from "../../../src/Csv/columns/typeRows.ts"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { planColumns } from "../../../src/Domain/load/columns/planColumns.ts"
import { worstTexts } from "./worstTexts.ts"

const chunkSize = 64 * 1024

/** All chunks are there at once, so that only the computation itself lets the event loop run. */
const chunksOf = (bytes: Uint8Array): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, i) =>
      bytes.subarray(i * chunkSize, (i + 1) * chunkSize),
    ),
  )

const preview = (bytes: Uint8Array) =>
  readBeginning(
    {
      fileUrl: SourceUrl.make("http://example.com/x.csv"),
      others: 0,
      opening: Effect.succeed({
        bytesTotal: bytes.length,
        contentType: null,
        fileName: null,
        bytes: chunksOf(bytes),
        bytesReceived: () => 0,
        resumes: () => 0,
        compression: () => null,
      }),
    },
    {},
  )

/** What a load does with a file before COPY, with types inferred. */
const load = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const csv = yield* readCsv(chunksOf(bytes), { maxRecordSize: ByteSize.mebibytes(16), onBadRow: "reject" })
  const columns = yield* Effect.fromResult(planColumns(csv.header, {}))
  const encoder = new RowEncoder(columns, csv.header.length, { infer: true })
  yield* Stream.runForEach(yield* typeRows(csv.batches, encoder), (batch) =>
    Effect.sync(() => batch.release()),
  )
}, Effect.scoped)

/**
 * The longest time in milliseconds that one turn of the event loop takes while the effect runs, whether it fails or not. CPU
 * time, because other processes do not count.
 */
const longestTurn = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E>) {
  let isDone = false
  let longest = 0
  let last = process.threadCpuUsage()
  const turn = () => {
    const now = process.threadCpuUsage()
    longest = Math.max(longest, now.user + now.system - last.user - last.system)
    last = now
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  yield* Effect.exit(effect)
  yield* Effect.yieldNow
  isDone = true
  return longest / 1000
})

/** A turn can also contain a garbage collection, or run code that is not compiled yet. */
const attempts = 30
const goal = 50

const measure = Effect.fnUntraced(function* <A, E>(name: string, size: number, effect: Effect.Effect<A, E>) {
  let milliseconds = Infinity
  for (let attempt = 0; attempt < attempts && milliseconds > goal; attempt++)
    milliseconds = Math.min(milliseconds, yield* longestTurn(effect))
  yield* Console.log(JSON.stringify({ name, kibibytes: size / 1024, milliseconds }))
})

/** Sizes in KiB of every text, and of those that `doubled` names. */
const [, , all = "1024", doubles = "", doubled = ""] = process.argv
const sizes = (list: string) =>
  list
    .split(",")
    .filter((size) => size !== "")
    .map((size) => Number(size) * 1024)

Effect.gen(function* () {
  for (const [name, make] of Object.entries(worstTexts))
    for (const size of [...sizes(all), ...(doubled.split(",").includes(name) ? sizes(doubles) : [])]) {
      const bytes = make(size)
      yield* measure(`preview of ${name}`, size, preview(bytes))
      yield* measure(`load of ${name}`, size, load(bytes))
    }
}).pipe(NodeRuntime.runMain)
