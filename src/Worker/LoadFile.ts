import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Stream from "effect/Stream"
import { KeyCheck } from "../Csv/columns/KeyCheck.ts"
import { RowEncoder } from "../Csv/columns/RowEncoder.ts"
import { encodeBatches, typeRows } from "../Csv/columns/typeRows.ts"
import { enterPhase } from "../Domain/job/attempts/AttemptTimeline.ts"
import { CopySink, type CopyTarget, type LoadSummary, type SettlingHooks } from "../Domain/job/CopySink.ts"
import { JobFence } from "../Domain/job/fence/JobFence.ts"
import { type Attempt, fileUrlsOf, type LoadedVersion } from "../Domain/job/Jobs.ts"
import type { Counters } from "../Domain/job/Progress.ts"
import { defaultOnBadRow } from "../Domain/load/options/LoadOptions.ts"
import { rejectLimitOf } from "../Domain/load/options/rejectLimitOf.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import { typed } from "../Domain/load/columns/Column.ts"
import type { LoadError } from "../Domain/load/LoadError.ts"
import { type LoadWarning, loadWarning } from "../Domain/load/LoadWarning.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import { inFile } from "../Domain/load/inFile.ts"
import { rowWidth } from "../Domain/load/columns/planColumns.ts"
import { TargetTables } from "../Domain/load/columns/target/TargetTables.ts"
import { Targets } from "../Domain/load/columns/target/Targets.ts"
import { planLoad } from "../Domain/load/columns/planLoad.ts"
import { shownUrls } from "../Domain/source/masking/shownUrls.ts"
import { UrlMasking } from "../Domain/source/masking/UrlMasking.ts"
import { tableCheck } from "../Csv/columns/tableCheck.ts"
import { FileUnchanged } from "../Domain/source/FileVersion.ts"
import { failAbove } from "./failAbove.ts"
import { FileReadings } from "./files/FileReadings.ts"
import { openFiles } from "./files/openFiles.ts"
import type { ProgressCounter } from "./ProgressCounter.ts"

/** Shows every batch to its file. */
const observe =
  (files: FileReadings) =>
  <E, R>(batches: Stream.Stream<CopyBatch, E, R>): Stream.Stream<CopyBatch, E, R> =>
    Stream.mapArray(batches, (chunk) => {
      for (const batch of chunk) files.observe(batch)
      return chunk
    })

/** Fails at the first row with NULL in the primary key. Postgres would find it too, but after the last row. */
const refuseNullKeys =
  (check: KeyCheck) =>
  (batches: Stream.Stream<CopyBatch, LoadError>): Stream.Stream<CopyBatch, LoadError> =>
    Stream.mapArrayEffect(batches, (chunk) => {
      for (const batch of chunk) {
        const error = check.violation(batch)
        if (error !== undefined) return Effect.fail(inFile(error, batch.file))
      }
      return Effect.succeed(chunk)
    })

/** For the table's comment. */
const describeSource = ([first = "", ...others]: ReadonlyArray<string>): string =>
  others.length === 0
    ? first
    : `${first} and ${others.length} other ${others.length === 1 ? "file" : "files"}`

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
 * Runs one attempt, from its URLs to the committed table, and returns the number of rows. The run of a source fails with
 * `FileUnchanged` if the table has the file already. Back-pressure reaches from
 * Postgres's socket to the source's. Interruption closes both and leaves nothing.
 */
export const loadFile = Effect.fn("load file")(function* (
  attempt: Attempt,
  context: { readonly progress: ProgressCounter; readonly hooks: SettlingHooks },
) {
  const { claim, options, refresh, schema, table, target: database } = attempt
  const { hooks, progress } = context
  const fence = yield* JobFence
  yield* fence.open(claim, database)
  const tables = yield* Effect.flatMap(Targets, ({ tablesOf }) => tablesOf(database))
  const known = refresh === undefined ? undefined : yield* refresh.known
  const copySink = yield* CopySink

  const files = new FileReadings(shownUrls(fileUrlsOf(attempt), yield* UrlMasking))
  progress.source = files
  const findingsSoFar = (isWhole: boolean, encoder: RowEncoder | null): Findings | null => {
    const { almostTyped = [], rewrites = 0, warnings = [] } = encoder ?? {}
    return files.findings(isWhole, {
      rejects: { ...progress.rejects },
      warnings,
      ...(rewrites > 0 ? { rewrites } : {}),
      ...(almostTyped.length > 0 ? { almostTyped } : {}),
    })
  }
  progress.findings = () => findingsSoFar(false, null)
  const { batches, header, version } = yield* openFiles(attempt, files, known)

  const plan = yield* Effect.provideService(
    planLoad(header, options, { schema, table }),
    TargetTables,
    tables,
  )
  const { columns, keys, merge, schemaChanges } = plan
  const check = yield* Effect.provideService(tableCheck(plan, options), TargetTables, tables)
  const { types = "text" } = options
  const infer = types !== "text"
  const encoder = new RowEncoder(columns, rowWidth(header, options), {
    ...options,
    infer,
    onBadRow: options.onBadRow ?? defaultOnBadRow,
  })
  progress.findings = () => findingsSoFar(false, encoder)
  const needsValues = check !== null || columns.some(({ notNull }) => notNull) || merge?.key.length
  const allowsText = !needsValues && encoder.keepsRows && (yield* copySink.readsText)
  const checked = (check ?? identity)(batches(columns, allowsText))
  const rows = infer ? yield* typeRows(checked, encoder) : encodeBatches(encoder)(checked)
  const target: CopyTarget = {
    claim,
    target: database,
    schema,
    table,
    columns: typed(columns, encoder.stored),
    keys,
    schemaChanges,
    ...(merge === null
      ? {}
      : { merge: { ...merge, existingTypes: columns.map(({ existingType = null }) => existingType) } }),
    source: describeSource(files.urls),
    ...((known?.contentHash ?? null) === null ? {} : { mayBeUnchanged: true }),
    bytesTotal: files.bytesExpected,
  }
  const summary = Effect.gen(function* () {
    const found = version()
    if (found !== null && found.contentHash === known?.contentHash)
      return yield* new FileUnchanged({ version: found })
    const counters = progress.read()
    const read = findingsSoFar(true, encoder)
    if (read === null) return yield* Effect.die(new Error("no file was read"))
    const shrunk = known === undefined ? [] : shrinkWarning(known, counters)
    const findings = { ...read, warnings: [...shrunk, ...read.warnings] }
    progress.findings = () => findings
    return {
      records: files.records,
      changes: encoder.conversions,
      counters,
      compression: files.compression(),
      findings,
      ...(found === null ? {} : { version: found }),
    } satisfies LoadSummary
  })
  yield* enterPhase("loading")
  return yield* rows.pipe(
    observe(files),
    keys.primaryKey.length === 0
      ? identity
      : refuseNullKeys(
          new KeyCheck(
            columns,
            { columns: keys.primaryKey, duplicates: "primary_key_violated" },
            { findsDuplicates: false },
          ),
        ),
    failAbove(rejectLimitOf(options), progress, () => files.otherTable),
    copySink.into(target, { summary, hooks }),
    Effect.mapError((error) => (error._tag === "LoadError" ? files.locate(error) : error)),
  )
}, Effect.scoped)
