import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { BenchFailure } from "../BenchFailure.ts"
import { createTextTable } from "../contenders/TextTable.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import {
  CopyWriterReport,
  type CopyWriterSpec,
  events,
  type Event,
  type Writer,
  writers,
} from "../processes/CopyWriterSpec.ts"
import { megabytes, number, range, ratio, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import * as Child from "../world/Child.ts"
import type { World } from "../world/World.ts"

/** MB of a file. */
const size = { full: 200, quick: 20 }

const table = "bench_copy_writer"

const refusal = `create or replace function bench_refuse() returns boolean language plpgsql as $$
begin raise exception 'refused at %', extract(epoch from clock_timestamp()); end $$`

const decodeReport = Schema.decodeUnknownEffect(Schema.fromJsonString(CopyWriterReport))

const load = Effect.fnUntraced(function* (
  { database }: World,
  file: DataFiles.DataFile,
  writer: Writer,
  event: Event,
) {
  yield* database.clear
  yield* database.settle
  const createTable = createTextTable(table, file)
  const spec = {
    databaseUrl: database.url,
    source: file.path,
    size: file.bytes,
    table,
    createTable:
      event === "row refused"
        ? `${createTable}; alter table ${table} add check (${file.kind.columns[0]} <> 'refused' or bench_refuse())`
        : createTable,
    writer,
    event,
    refusedRecord: `refused${",".repeat(file.kind.columns.length - 1)}\n`,
  } satisfies typeof CopyWriterSpec.Type
  const { stdout } = yield* Child.run({
    program: process.execPath,
    arguments: ["--max-semi-space-size=1", "--heap-growing-percent=100", "bench/processes/copyWriter.ts"],
    input: JSON.stringify(spec),
  })
  return yield* decodeReport(stdout).pipe(
    Effect.mapError(({ message }) => new BenchFailure({ message: `unreadable report: ${message}` })),
  )
})

/** Seconds after which a load counts as hanging. */
const timeout = { full: 60, quick: 15 }

/** The loads of one writer, a report per round. */
interface Loads {
  readonly event: Event
  readonly writer: Writer
  readonly reports: Array<CopyWriterReport>
  hangs: boolean
}

const head = [
  "after half of the file",
  "writer",
  "time ms",
  "min–max",
  "client CPU s",
  "backend CPU s",
  "peak RSS MB",
  "× time",
  "× client CPU",
  "× peak RSS",
]

/** The time that is compared: of the whole load, or from the event to the end, in milliseconds. */
const millisOf = (report: CopyWriterReport): number => report.endMillis ?? 1000 * report.wallSeconds

/** `CopyIn` against pg-copy-streams: the same rows, and how soon a load ends after an error of the server. */
export const copyWriters = Effect.fnUntraced(function* (world: World, options: Options) {
  const file = yield* DataFiles.file(narrow, options.quick ? size.quick : size.full)
  const longest = options.quick ? timeout.quick : timeout.full
  yield* world.database.query(refusal)
  const all = events.flatMap((event) =>
    writers.map((writer): Loads => ({ event, writer, reports: [], hangs: false })),
  )
  for (let round = 0; round < options.runs; round++)
    for (const loads of all.filter(({ hangs }) => !hangs)) {
      const { event, reports, writer } = loads
      const report = yield* Effect.timeoutOption(load(world, file, writer, event), Duration.seconds(longest))
      if (Option.isSome(report)) reports.push(report.value)
      else loads.hangs = true
      yield* Effect.log(
        `${event}, ${writer}: ${Option.match(report, { onNone: () => "hangs", onSome: (it) => `${millisOf(it).toFixed(1)} ms` })}`,
      )
    }
  yield* world.database.clear
  yield* world.database.query("drop function bench_refuse()")
  const row = ({ event, hangs, reports, writer }: Loads): ReadonlyArray<string> => {
    if (hangs) return [event, writer, `hangs, over ${longest} s`, ...head.slice(3).map(() => number(null, 0))]
    const baseline = all.find((loads) => loads.event === event && loads.writer === "CopyIn")!
    const toBaseline = (value: (report: CopyWriterReport) => number | null): number | null =>
      medianOfKnown(
        reports.map((report, round) => {
          const [own, other] = [value(report), value(baseline.reports[round]!)]
          return own === null || other === null || other === 0 ? null : own / other
        }),
      )
    const millis = reports.map(millisOf)
    return [
      event,
      writer,
      number(median(millis), 1),
      range(millis, 1),
      number(median(reports.map((report) => report.clientCpuSeconds)), 2),
      number(medianOfKnown(reports.map((report) => report.backendCpuSeconds)), 2),
      megabytes(Math.max(...reports.map((report) => report.peakMemoryBytes))),
      ratio(toBaseline(millisOf)),
      ratio(toBaseline((report) => report.clientCpuSeconds)),
      ratio(toBaseline((report) => report.peakMemoryBytes)),
    ]
  }
  return {
    title: "COPY writers, one connection",
    head,
    rows: all.map(row),
    notes: [
      `${file.name}: ${number(file.bytes / 1e6, 0)} MB, ${number(file.rows, 0)} rows, read from the disk`,
      "time: of the whole load, or from the event until the load has failed and is rolled back",
    ],
  } satisfies Section
})
