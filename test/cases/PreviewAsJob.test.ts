import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { readBeginning } from "../../src/Api/preview/PreviewRead.ts"
import { decodeRows } from "../../src/Csv/record/CopyBinary.ts"
import { CopySink, type LoadSummary } from "../../src/Domain/job/CopySink.ts"
import { JobId } from "../../src/Domain/job/Job.ts"
import { typed, type TypedColumn } from "../../src/Domain/load/columns/Column.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { previewedRecords } from "../../src/Domain/load/previewedRecords.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import type { SkippedLine } from "../../src/Domain/load/SkippedLine.ts"
import { WorkerSettings } from "../../src/Domain/service/WorkerSettings.ts"
import { CsvSource } from "../../src/Domain/source/CsvSource.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { loadFile } from "../../src/Worker/LoadFile.ts"
import { ProgressCounter } from "../../src/Worker/ProgressCounter.ts"
import { fileOf, kinds } from "./ReadingCase.ts"
import { unversioned } from "../support/unversioned.ts"

const fileUrl = SourceUrl.make("http://files.example/a.csv")

const sourceOf = (file: Uint8Array) =>
  Layer.succeed(CsvSource, {
    openIfChanged: unversioned,
    open: () =>
      Effect.succeed({
        bytesTotal: file.length,
        contentType: null,
        fileName: null,
        bytes: Stream.make(file),
        bytesReceived: () => file.length,
        resumes: () => 0,
        compression: () => null,
      }),
  })

const settings = Layer.succeed(WorkerSettings, {
  slots: 1,
  usableSlots: () => 1,
  pushingLoads: 1,
  shutdownGrace: Duration.zero,
  stopWhenIdle: Duration.infinity,
  maxAttempts: 1,
  maxLoadDuration: Duration.hours(23),
  maxRecordSize: ByteSize.mebibytes(2),
})

/** What a preview shows of a job, and the number of records. */
interface Read {
  readonly columns: ReadonlyArray<TypedColumn>
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
  readonly rejects: ReadonlyArray<Reject>
  readonly skipped: ReadonlyArray<SkippedLine>
  readonly findings: Omit<LoadSummary["findings"], "rejects">
}

const firstOnes = previewedRecords
/** Skipped lines. */
const firstLines = 20

/** Reads a file as a worker does. Rows of typed columns are not decoded. The error of a load that fails has the findings until then. */
const asJob = (file: Uint8Array, options: LoadOptions) =>
  Effect.gen(function* () {
    const progress = new ProgressCounter()
    const rows: Array<ReadonlyArray<string | null>> = []
    const rejects: Array<Reject> = []
    const skipped: Array<SkippedLine> = []
    let columns: ReadonlyArray<TypedColumn> = []
    const sink = CopySink.of({
      readsText: Effect.succeed(false),
      into: (target, { summary }) =>
        Effect.fn(function* (batches) {
          columns = target.columns
          const isText = columns.every(({ type }) => type === "text")
          yield* Stream.runForEach(batches, (batch) =>
            Effect.sync(() => {
              const early = batch.rejects.filter(({ record }) => record <= firstOnes)
              const most = firstOnes - rows.length - rejects.length - early.length
              if (isText) rows.push(...decodeRows(batch.bytes, Math.max(0, most)))
              rejects.push(...early)
              skipped.push(...batch.skipped.slice(0, firstLines - skipped.length))
            }),
          )
          const { changes } = yield* summary
          const types = target.columns.map(({ type }) => type)
          for (const { column, type } of changes) types[column] = type
          columns = typed(target.columns, types)
          return 0
        }),
    })
    const attempt = {
      claim: { jobId: JobId.make("00000000-0000-4000-8000-000000000000"), retryCount: 0 },
      attempt: 1,
      fileUrl,
      options,
      schema: "public",
      table: TableName.make("a"),
      target: null,
    }
    const hooks = { onSettling: Effect.void, onCommitted: () => Effect.void }
    const load = loadFile(attempt, { progress, hooks })
    const error = yield* Effect.result(Effect.provideService(load, CopySink, sink))
    return { error, findings: progress.findings(), read: { columns, rejects, rows, skipped } }
  }).pipe(Effect.provide(Layer.merge(sourceOf(file), settings)))

const asPreview = (file: Uint8Array, options: LoadOptions) =>
  CsvSource.use((source) =>
    Effect.result(readBeginning({ fileUrl, opening: source.open(fileUrl, options), others: 0 }, options)),
  ).pipe(Effect.provide(sourceOf(file)))

const shown = ({ columns, findings, rejects, rows, skipped }: Read) => ({
  columns,
  rows,
  rejects,
  skipped,
  findings: {
    ...findings,
    warnings: findings.warnings.filter(({ code }) => code !== "would_fail"),
  },
})

const failureOf = ({ code, message, place }: LoadError) => ({ code, message, place })

/** The same options without types, with which the rows of a job remain texts. */
const withoutTypes = (options: LoadOptions): LoadOptions => ({
  ...options,
  types: "text",
  ...(options.columns === undefined
    ? {}
    : { columns: Record.map(options.columns, (option) => ({ ...option, type: "text" as const })) }),
})

/** Compares everything that a preview and a job both show. */
const compare = Effect.fnUntraced(function* (file: Uint8Array, options: LoadOptions, how: string) {
  const job = yield* asJob(file, options)
  const preview = yield* asPreview(file, options)
  const jobError =
    Result.isFailure(job.error) && job.error.failure._tag === "LoadError" ? job.error.failure : null
  if (Result.isFailure(preview)) {
    const { error, warnings } = preview.failure
    assert.isNotNull(jobError, `${how}: only the preview fails: ${error.message}`)
    if (jobError !== null) assert.deepStrictEqual(failureOf(error), failureOf(jobError), how)
    assert.deepStrictEqual(warnings, job.findings?.warnings ?? [], how)
    return
  }
  const { almostTyped, columns, rows, skipped, types } = preview.success
  // The page shows a rejected record with its values, which no job keeps.
  const rejects = preview.success.rejects.map(({ values: _values, ...reject }) => reject)
  const findings = { ...preview.success.findings, ...(almostTyped.length === 0 ? {} : { almostTyped }) }
  const texts = yield* asJob(file, withoutTypes(options))
  const wouldFail = findings.warnings.some(({ code }) => code === "would_fail")
  assert.strictEqual(jobError?.code ?? null, wouldFail ? "too_many_bad_rows" : null, how)
  if (job.findings === null) return assert.fail(`${how}: the job has no findings`)
  // Kept for rejects as their file has them, and shown to nobody.
  const { header: _header, rejects: _rejects, ...jobFindings } = job.findings
  assert.deepStrictEqual(
    shown({ columns: typed(columns, types), findings, rejects, rows, skipped }),
    shown({
      ...job.read,
      rows: texts.read.rows,
      // A job that fails has no types.
      columns: jobError === null ? job.read.columns : typed(columns, types),
      findings: jobFindings,
    }),
    how,
  )
})

/** The file without some bytes, with a byte replaced, and cut. */
const damaged = (file: Uint8Array): ReadonlyArray<readonly [how: string, file: Uint8Array]> => {
  const at = Math.floor((file.length * 2) / 3)
  const replaced = (byte: number) =>
    Buffer.concat([file.subarray(0, at), Uint8Array.of(byte), file.subarray(at + 1)])
  return [
    ["cut", file.subarray(0, at)],
    ["with a gap", Buffer.concat([file.subarray(0, Math.floor(at / 2)), file.subarray(at)])],
    ["with a quote", replaced(0x22)],
    ["with a NUL", replaced(0)],
    ["with a byte beyond ASCII", replaced(0xe9)],
    ["with a line end", replaced(0x0a)],
  ]
}

const decodeOptions = Schema.decodeUnknownSync(LoadOptions)

describe.each(kinds)("a preview and a job of files with %s show the same", (kind, cases) => {
  it.effect.each(cases.map((one) => [one.name, one] as const))("%s", ([, one]) =>
    Effect.gen(function* () {
      const file = fileOf(kind, one)
      const options = decodeOptions({ types: "infer", ...one.options })
      yield* compare(file, options, "whole")
      for (const [how, bytes] of damaged(file)) yield* compare(bytes, options, how)
    }),
  )
})
