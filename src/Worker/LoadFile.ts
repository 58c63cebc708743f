import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Stream from "effect/Stream"
import { KeyCheck } from "../Csv/columns/KeyCheck.ts"
import { RowEncoder } from "../Csv/columns/RowEncoder.ts"
import { encodeBatches, typeRows } from "../Csv/columns/typeRows.ts"
import { type CsvFile, readCsv } from "../Csv/ReadCsv.ts"
import { CopySink, type CopyTarget, type LoadSummary, type SettlingHooks } from "../Domain/job/CopySink.ts"
import type { Attempt, LoadedVersion } from "../Domain/job/Jobs.ts"
import type { Counters } from "../Domain/job/Progress.ts"
import { givesTypes } from "../Domain/load/options/ColumnOption.ts"
import { defaultOnBadRow } from "../Domain/load/options/LoadOptions.ts"
import { rejectLimitOf } from "../Domain/load/options/rejectLimitOf.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import { typed } from "../Domain/load/columns/Column.ts"
import type { LoadError } from "../Domain/load/LoadError.ts"
import { type LoadWarning, loadWarning } from "../Domain/load/LoadWarning.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import { WarningCollector } from "../Csv/WarningCollector.ts"
import { planLoad } from "../Domain/load/columns/planLoad.ts"
import { defaultMode } from "../Domain/load/options/ModeOptions.ts"
import { tableCheck } from "../Csv/columns/tableCheck.ts"
import { masked, UrlMasking } from "../Domain/source/masking/UrlMasking.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { FileUnchanged } from "../Domain/source/FileVersion.ts"
import { CsvSource } from "../Domain/source/CsvSource.ts"
import { failAbove } from "./failAbove.ts"
import { InTurn } from "./turns/LoadTurn.ts"
import type { ProgressCounter } from "./ProgressCounter.ts"
import type { Stage } from "./StageTimes.ts"

/** Shows every batch to the collector of warnings. */
const observe =
  (warnings: WarningCollector) =>
  <E, R>(batches: Stream.Stream<CopyBatch, E, R>): Stream.Stream<CopyBatch, E, R> =>
    Stream.mapArray(batches, (chunk) => {
      for (const batch of chunk) warnings.observe(batch)
      return chunk
    })

/** Fails at the first row with NULL in the primary key. Postgres would find it too, but after the last row. */
const refuseNullKeys =
  (check: KeyCheck) =>
  (batches: Stream.Stream<CopyBatch, LoadError>): Stream.Stream<CopyBatch, LoadError> =>
    Stream.mapArrayEffect(batches, (chunk) => {
      for (const batch of chunk) {
        const error = check.violation(batch)
        if (error !== undefined) return Effect.fail(error)
      }
      return Effect.succeed(chunk)
    })

/** A source may have been cut off. Nobody looks at each of its runs, but warnings are counted. */
const shrinkWarning = ({ rows }: LoadedVersion, { rowsLoaded }: Counters): ReadonlyArray<LoadWarning> =>
  rows === null || 2 * rowsLoaded >= rows
    ? []
    : [
        loadWarning(
          "fewer_rows",
          `The file has ${rowsLoaded} rows, fewer than half of the ${rows} rows of the last load of its source. Check that it is complete.`,
        ),
      ]

/**
 * Runs one attempt, from the URL to the committed table, and returns the number of rows. The run of a source fails with
 * `FileUnchanged` if the table has the file already. Back-pressure reaches from
 * Postgres's socket to the source's. Interruption closes both and leaves nothing.
 */
export const loadFile = Effect.fn("load file")(function* (
  { claim, fileUrl, options, refresh, schema, table }: Attempt,
  context: { readonly progress: ProgressCounter; readonly stage: Stage; readonly hooks: SettlingHooks },
) {
  const { hooks, progress, stage } = context
  const known = refresh?.known
  const { maxRecordSize } = yield* WorkerSettings
  const csvSource = yield* CsvSource
  const copySink = yield* CopySink

  const versioned =
    known === undefined
      ? null
      : yield* csvSource.openIfChanged(fileUrl, options, known).pipe(stage("openMillis"))
  const source = versioned ?? (yield* csvSource.open(fileUrl, options).pipe(stage("openMillis")))
  progress.source = source

  const findingsOf = (
    summary: ReturnType<CsvFile["summary"]>,
    {
      almostTyped = [],
      rewrites = 0,
      warnings = summary.warnings,
      header = [],
    }: Partial<Pick<Findings, "almostTyped" | "rewrites" | "warnings" | "header">> = {},
  ): Findings => {
    const { records: _, ...read } = summary
    return {
      ...read,
      warnings,
      rejects: { ...progress.rejects },
      ...(rewrites > 0 ? { rewrites } : {}),
      ...(almostTyped.length > 0 ? { almostTyped } : {}),
      ...(header.length > 0 ? { header } : {}),
    }
  }
  const onBadRow = options.onBadRow ?? defaultOnBadRow
  const { types = "text" } = options
  const infer = types !== "text"
  const inTurn = yield* InTurn
  const csv = yield* readCsv(inTurn(source.bytes), {
    maxRecordSize,
    contentType: source.contentType,
    csv: options,
    onBadRow,
    findsRows:
      infer ||
      givesTypes(options) ||
      options.primaryKey !== undefined ||
      (options.mode ?? defaultMode) !== "create",
    onFormat: (read) => {
      progress.findings = () => findingsOf(read())
    },
  }).pipe(stage("headerMillis"))

  const plan = yield* planLoad(csv.header, options, { schema, table })
  const { columns, keys, merge, schemaChanges } = plan
  const check = yield* tableCheck(plan, options)
  const warnings = new WarningCollector(csv, columns, options)
  const encoder = new RowEncoder(columns, csv.header.length, {
    ...options,
    infer,
    onBadRow,
  })
  const needsValues = check !== null || columns.some(({ notNull }) => notNull) || merge?.key.length
  if (!needsValues && encoder.keepsRows && (yield* copySink.readsText)) csv.allowText()
  const batches = check === null ? csv.batches : check(csv.batches)
  const findingsSoFar = (isWhole: boolean): Findings => {
    const read = csv.summary()
    return findingsOf(read, {
      almostTyped: encoder.almostTyped,
      rewrites: encoder.rewrites,
      warnings: [...warnings.warnings(read, isWhole), ...encoder.warnings],
      header: isWhole && progress.rowsRejected > 0 && read.dialect.hasHeader ? csv.header : [],
    })
  }
  progress.findings = () => findingsSoFar(false)
  const otherTable = () => csv.summary().warnings.find(({ code }) => code === "two_tables")?.message
  const rows = infer
    ? yield* typeRows(batches, encoder).pipe(stage("headerMillis"))
    : encodeBatches(encoder)(batches)
  const target: CopyTarget = {
    claim,
    schema,
    table,
    columns: typed(columns, encoder.stored),
    keys,
    schemaChanges,
    ...(merge === null
      ? {}
      : { merge: { ...merge, existingTypes: columns.map(({ existingType = null }) => existingType) } }),
    source: masked(fileUrl, yield* UrlMasking),
    ...((known?.contentHash ?? null) === null ? {} : { mayBeUnchanged: true }),
    bytesTotal: source.bytesTotal,
  }
  const summary = Effect.gen(function* () {
    const version = versioned?.version() ?? null
    if (version !== null && version.contentHash === known?.contentHash)
      return yield* new FileUnchanged({ version })
    const counters = progress.read()
    const read = findingsSoFar(true)
    const shrunk = known === undefined ? [] : shrinkWarning(known, counters)
    const findings = { ...read, warnings: [...shrunk, ...read.warnings] }
    progress.findings = () => findings
    return {
      records: csv.summary().records,
      changes: encoder.conversions,
      counters,
      compression: source.compression(),
      findings,
      ...(version === null ? {} : { version }),
    } satisfies LoadSummary
  })
  return yield* rows.pipe(
    observe(warnings),
    keys.primaryKey.length === 0
      ? identity
      : refuseNullKeys(
          new KeyCheck(
            columns,
            { columns: keys.primaryKey, duplicates: "primary_key_violated" },
            { findsDuplicates: false },
          ),
        ),
    failAbove(rejectLimitOf(options), progress, otherTable),
    copySink.into(target, { summary, hooks }),
    stage("copyMillis"),
  )
}, Effect.scoped)
