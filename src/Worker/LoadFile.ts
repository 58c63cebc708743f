import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { selectColumns } from "../Csv/columns/selectColumns.ts"
import { type CsvFile, readCsv } from "../Csv/ReadCsv.ts"
import { ColumnTypes } from "../Csv/types/ColumnTypes.ts"
import { CopySink, type CopyTarget, type LoadSummary, type SettlingHooks } from "../Domain/job/CopySink.ts"
import type { Attempt } from "../Domain/job/Jobs.ts"
import { defaultOnBadRow } from "../Domain/load/options/LoadOptions.ts"
import { defaultRejectLimit } from "../Domain/load/options/RejectLimit.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import { WarningCollector } from "../Csv/WarningCollector.ts"
import { planColumns } from "../Domain/load/columns/planColumns.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { CsvSource } from "../Domain/source/CsvSource.ts"
import { failAbove } from "./failAbove.ts"
import type { ProgressCounter } from "./ProgressCounter.ts"
import type { Stage } from "./StageTimes.ts"

/** Shows every batch to the type inference and to the collector of warnings. */
const observe =
  (types: ColumnTypes | null, warnings: WarningCollector) =>
  <E, R>(batches: Stream.Stream<CopyBatch, E, R>): Stream.Stream<CopyBatch, E, R> =>
    Stream.mapArray(batches, (chunk) => {
      for (const batch of chunk) {
        types?.observe(batch.bytes)
        warnings.observe(batch)
      }
      return chunk
    })

/**
 * Runs one attempt, from the URL to the committed table, and returns the number of rows. Back-pressure reaches from
 * Postgres's socket to the source's. Interruption closes both and leaves nothing.
 */
export const loadFile = Effect.fn("load file")(function* (
  { claim, fileUrl, options, schema, table }: Attempt,
  context: { readonly progress: ProgressCounter; readonly stage: Stage; readonly hooks: SettlingHooks },
) {
  const { hooks, progress, stage } = context
  const { maxRecordSize } = yield* WorkerSettings
  const csvSource = yield* CsvSource
  const copySink = yield* CopySink

  const source = yield* csvSource.open(fileUrl, options).pipe(stage("openMillis"))
  progress.source = source

  const findingsOf = (summary: ReturnType<CsvFile["summary"]>, warnings = summary.warnings): Findings => {
    const { records: _, ...read } = summary
    return { ...read, warnings, rejects: { ...progress.rejects } }
  }
  const csv = yield* readCsv(source.bytes, {
    maxRecordSize,
    contentType: source.contentType,
    csv: options,
    onBadRow: options.onBadRow ?? defaultOnBadRow,
    onFormat: (read) => {
      progress.findings = () => findingsOf(read())
    },
  }).pipe(stage("headerMillis"))

  const columns = yield* Effect.fromResult(planColumns(csv.header, options))
  const warnings = new WarningCollector(csv, columns, options)
  progress.findings = () => {
    const read = csv.summary()
    return findingsOf(read, warnings.warnings(read, false))
  }
  const otherTable = () => csv.summary().warnings.find(({ code }) => code === "two_tables")?.message
  const types = options.types === "infer" ? new ColumnTypes(columns.length) : null
  const target: CopyTarget = {
    claim,
    schema,
    table,
    columns: columns.map(({ header, name, type }) => ({ name, header, type })),
    bytesTotal: source.bytesTotal,
  }
  const summary = Effect.sync((): LoadSummary => {
    const read = csv.summary()
    const findings = findingsOf(read, warnings.warnings(read, true))
    progress.findings = () => findings
    return {
      records: read.records,
      columnTypes: types?.types() ?? null,
      counters: progress.read(),
      compression: source.compression(),
      findings,
    }
  })
  return yield* csv.batches.pipe(
    selectColumns(columns, csv.header.length),
    observe(types, warnings),
    failAbove(options.maxBadRows ?? defaultRejectLimit, progress, otherTable),
    copySink.into(target, { summary, hooks }),
    stage("copyMillis"),
  )
}, Effect.scoped)
