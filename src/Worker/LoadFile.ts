import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { readCsv } from "../Csv/ReadCsv.ts"
import { ColumnTypes } from "../Csv/types/ColumnTypes.ts"
import { defaultBadRowLimit, defaultOnBadRow } from "../Domain/load/BadRows.ts"
import { columnNames } from "../Domain/load/ColumnNames.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import { CopySink } from "../Domain/job/CopySink.ts"
import { CsvSource, type OpenedSource } from "../Domain/source/CsvSource.ts"
import type { Attempt } from "../Domain/job/Jobs.ts"
import type { LoadError } from "../Domain/load/LoadError.ts"
import type { LoadOptions } from "../Domain/load/LoadOptions.ts"
import { guarded } from "./BadRowGuard.ts"
import type { Meter } from "./Meter.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"

/** Milliseconds spent until the source answered, until the header was read, and in COPY and commit. */
export interface StageTimes {
  openMillis: number
  headerMillis: number
  copyMillis: number
}

/** Runs a stage and notes how long it took, however it ends. */
const timed = <A, E, R>(times: StageTimes, stage: keyof StageTimes, effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Clock.currentTimeMillis, (start) =>
    Effect.onExit(effect, () =>
      Effect.map(Clock.currentTimeMillis, (end) => {
        times[stage] = end - start
      }),
    ),
  )

const openSource = Effect.fnUntraced(function* (attempt: Attempt, meter: Meter) {
  const source = yield* CsvSource
  const opened = yield* source.open(attempt.fileUrl)
  meter.follow(opened)
  return opened
})

const readHeader = Effect.fnUntraced(function* (opened: OpenedSource, options: LoadOptions) {
  const { maxRecordSize } = yield* WorkerSettings
  return yield* readCsv(opened.bytes, {
    maxRecordSize,
    contentType: opened.contentType,
    csv: options,
    onBadRow: options.onBadRow ?? defaultOnBadRow,
  })
})

/** The batches, each shown to the types on its way. */
const observed = (batches: Stream.Stream<CopyBatch, LoadError>, types: ColumnTypes | null) =>
  types === null
    ? batches
    : Stream.mapArray(batches, (some) => {
        for (const { bytes } of some) types.observe(bytes)
        return some
      })

/**
 * One attempt, from the URL to the committed table: open the source, read the header, copy the records and
 * commit. Back-pressure reaches from Postgres's socket to the source's; interruption closes both and leaves
 * nothing.
 *
 * @param options.onSettling run before the claim is settled, from when on it must not be touched
 * @param options.onCommitted run when the rows are in for good, even if the load is being interrupted
 */
export const loadFile = Effect.fn("load file")(function* (
  attempt: Attempt,
  options: {
    readonly meter: Meter
    readonly times: StageTimes
    readonly onSettling: Effect.Effect<void>
    readonly onCommitted: (rows: number) => Effect.Effect<void>
  },
) {
  const { meter, times } = options
  const sink = yield* CopySink
  const opened = yield* timed(times, "openMillis", openSource(attempt, meter))
  const csv = yield* timed(times, "headerMillis", readHeader(opened, attempt.options))
  const types = attempt.options.types === "infer" ? new ColumnTypes(csv.header.length) : null
  const rows = observed(csv.batches, types)
  const batches = guarded(rows, attempt.options.maxBadRows ?? defaultBadRowLimit, meter)
  return yield* timed(
    times,
    "copyMillis",
    sink.load({
      claim: attempt.claim,
      schema: attempt.schema,
      table: attempt.table,
      columns: columnNames(csv.header),
      bytesTotal: opened.bytesTotal,
      batches,
      counters: () => meter.read(),
      compression: opened.compression,
      findings: () => {
        const { dialect, encoding, repairs } = csv.summary()
        return { dialect, encoding, repairs, rejects: meter.rejects }
      },
      columnTypes: () => types?.types() ?? null,
      records: () => csv.summary().records,
      onSettling: options.onSettling,
      onCommitted: options.onCommitted,
    }),
  )
}, Effect.scoped)
