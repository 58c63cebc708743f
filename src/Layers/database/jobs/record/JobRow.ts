import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Struct from "effect/Struct"
import { TypedColumn } from "../../../../Domain/load/columns/Column.ts"
import { Findings } from "../../../../Domain/load/Findings.ts"
import { type Job, JobError, JobId } from "../../../../Domain/job/Job.ts"
import { LoadErrorCode } from "../../../../Domain/load/LoadError.ts"
import { LoadWarning, LoadWarningCode } from "../../../../Domain/load/LoadWarning.ts"
import { knownCode } from "./knownCode.ts"
import { JobState } from "../../../../Domain/job/JobState.ts"
import { LoadOptions } from "../../../../Domain/load/options/LoadOptions.ts"
import { defaultMode } from "../../../../Domain/load/options/ModeOptions.ts"
import { RowChanges, SchemaChanges } from "../../../../Domain/load/SchemaChanges.ts"
import type { JobSummary } from "../../../../Domain/job/list/JobSummary.ts"
import { fromCounters } from "../../../../Domain/job/Progress.ts"
import { SourceId } from "../../../../Domain/job/SourceId.ts"
import { WebUrl } from "../../../../Domain/source/SourceUrl.ts"
import { isUpload, UploadUrl } from "../../../../Domain/source/UploadUrl.ts"
import { toWaiting } from "./WaitingRow.ts"
import { shownTarget } from "../../../../Domain/load/columns/target/RecordedTarget.ts"
import { TableName } from "../../../../Domain/load/columns/TableName.ts"

const Time = Schema.NullOr(Schema.Date)

/** Records from before type inference have no types: every column was text. */
const StoredColumn = Schema.Struct({
  ...TypedColumn.fields,
  type: TypedColumn.fields.type.pipe(Schema.withDecodingDefaultKey(Effect.succeed("text"))),
})

const StoredWarning = Schema.Struct({
  ...LoadWarning.fields,
  code: knownCode(LoadWarningCode, "other"),
})

const StoredError = Schema.Struct({ ...JobError.fields, code: knownCode(LoadErrorCode, "other") })

/** Findings from before lines were counted lack some fields. */
const StoredFindings = Schema.Struct({
  ...Findings.fields,
  encodingGuess: Schema.optionalKey(Findings.fields.encodingGuess),
  skipped: Schema.optionalKey(Findings.fields.skipped),
  lines: Schema.optionalKey(Findings.fields.lines),
  warnings: Schema.optionalKey(Schema.Array(StoredWarning)),
})

/** Earlier versions could count fewer than 0 rows, which must not make the job unreadable. */
const StoredCount = Schema.Int.pipe(
  Schema.decodeTo(
    Schema.Natural,
    SchemaTransformation.transform({ decode: (count) => Math.max(0, count), encode: (count) => count }),
  ),
)

/** Those of earlier versions do not count suppressed rows. */
const StoredChanges = Schema.Struct({
  ...RowChanges.fields,
  inserted: StoredCount,
  updated: StoredCount,
  unchanged: StoredCount,
  suppressed: StoredCount.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
})

const summaryFields = {
  id: JobId,
  shown_url: Schema.String,
  /** Further files, as they are shown; `null`: none. */
  other_urls: Schema.NullOr(Schema.Array(Schema.String)),
  /** The database of the table; `null`: the queue's own. */
  target: Schema.NullOr(Schema.String),
  target_schema: Schema.String,
  table_name: TableName,
  final_state: Schema.NullOr(JobState),
  created_at: Schema.Date,
  started_at: Time,
  finished_at: Time,
  retry_count: Schema.NullOr(Schema.Int),
  released: Schema.Int,
  attempt_started_at: Time,
  bytes_received: Schema.Natural,
  bytes_total: Schema.NullOr(Schema.Natural),
  rows_loaded: Schema.Natural,
  rows_rejected: Schema.Natural,
  resumes: Schema.Natural,
  file: Schema.NullOr(Schema.Natural),
  reported_at: Time,
  /** Moving average of the latest attempt; of an earlier one while `reported_at` is null. */
  bytes_per_second: Schema.NullOr(Schema.Finite),
  source_id: Schema.NullOr(SourceId),
  unchanged: Schema.Boolean,
  options: LoadOptions,
  error: Schema.NullOr(StoredError),
}

/** The part of a row of `sluice.job` that lists show, as `summaryColumns` selects it. */
export const SummaryRow = Schema.Struct(summaryFields)
type SummaryRow = typeof SummaryRow.Type

/** A row of `sluice.job` as `jobColumns` selects it. */
export const JobRow = Schema.Struct({
  ...summaryFields,
  /** The URL as given if it has no secrets, otherwise masked, which can make it longer than a `SourceUrl` may be. */
  file_url: Schema.Union([WebUrl.pipe(Schema.brand("SourceUrl")), UploadUrl]),
  requested_url: Schema.NullOr(Schema.String),
  /** The name of the table was given as an option. */
  has_given_name: Schema.Boolean,
  columns: Schema.NullOr(Schema.Array(StoredColumn)),
  row_changes: Schema.NullOr(StoredChanges),
  schema_changes: Schema.NullOr(SchemaChanges),
  /** The job waits for others on its table. */
  waits: Schema.Boolean,
  compression: Schema.NullOr(Schema.String),
  findings: Schema.NullOr(StoredFindings),
  request_hash: Schema.NullOr(Schema.String),
})
export type JobRow = typeof JobRow.Type

const bigints: ReadonlySet<string> = new Set([
  "bytes_received",
  "bytes_total",
  "rows_loaded",
  "rows_rejected",
])

/** Counts are cast to doubles, which are exact up to 2^53. */
const selectList = (fields: Schema.Struct.Fields): string =>
  Object.keys(fields)
    .map((name) => {
      // The table's name is in its own column, and an earlier version may have accepted one that is refused now.
      if (name === "options") return "options - 'tableName' as options"
      if (name === "has_given_name") return "options ->> 'tableName' is not null as has_given_name"
      return bigints.has(name) ? `${name}::float8` : name
    })
    .join(", ")

/** The select list of a `JobRow`. */
export const jobColumns = selectList(JobRow.fields)

/** The select list of a `SummaryRow`. */
export const summaryColumns = selectList(SummaryRow.fields)

/** The part of a new job's row that its creator needs. */
export const CreatedRow = Schema.Struct(
  Struct.pick(JobRow.fields, ["id", "target", "target_schema", "table_name", "created_at", "request_hash"]),
)

/** The select list of a `CreatedRow`. */
export const createdColumns = selectList(CreatedRow.fields)

/** Number of the latest attempt. Attempts that a shutdown released are not counted; 0 before the first. */
export const attemptNumber = (retryCount: number, released: number): number => retryCount + 1 - released

export const toUtc = (date: Date | null): DateTime.Utc | null =>
  date === null ? null : DateTime.fromDateUnsafe(date)

const secondsBetween = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : (to.getTime() - from.getTime()) / 1000

/** What the record of a job does not have. */
export interface BesideRecord {
  /** The state in the queue, used while the record has no final state. */
  readonly queueState: JobState
  /** When the queue delivers the job again. */
  readonly nextAttemptAt?: Date | null
  /** Of a job that can be retried. */
  readonly maxAttempts: number
}

/** The job as lists show it. */
export const toSummary = (row: SummaryRow, beside: BesideRecord): JobSummary => {
  const state = row.final_state ?? beside.queueState
  const attempt = row.retry_count === null ? 0 : attemptNumber(row.retry_count, row.released)
  return {
    jobId: row.id,
    state,
    fileUrl: row.shown_url,
    fileUrls: [row.shown_url, ...(row.other_urls ?? [])],
    target: shownTarget(row.target),
    schema: row.target_schema,
    table: row.table_name,
    mode: row.options.mode ?? defaultMode,
    sourceId: row.source_id,
    unchanged: row.unchanged,
    createdAt: DateTime.fromDateUnsafe(row.created_at),
    startedAt: toUtc(row.started_at),
    finishedAt: toUtc(row.finished_at),
    attempt: attempt > 0 ? attempt : null,
    maxAttempts: isUpload(row.shown_url) ? 1 : beside.maxAttempts,
    nextAttemptAt: state === "retry" ? toUtc(beside.nextAttemptAt ?? null) : null,
    progress: fromCounters(
      {
        bytesReceived: row.bytes_received,
        bytesTotal: row.bytes_total,
        rowsLoaded: row.rows_loaded,
        rowsRejected: row.rows_rejected,
        file: row.file,
        resumes: row.resumes,
      },
      secondsBetween(row.attempt_started_at, row.reported_at),
      state === "active",
      row.bytes_per_second,
    ),
    error: row.error,
  }
}

/** The job as its row alone shows it: a new one as it is. */
export const toJob = (row: JobRow, beside: BesideRecord): Job => ({
  ...toSummary(row, beside),
  requestedUrl: row.requested_url,
  options: row.has_given_name ? { ...row.options, tableName: row.table_name } : row.options,
  waitsFor: null,
  waiting: toWaiting({
    ...row,
    queue_state: beside.queueState,
    next_attempt_at: beside.nextAttemptAt ?? null,
    queue_position: null,
    estimated_start_at: null,
    is_host_full: null,
    held_until: null,
    is_target_missing: null,
  }),
  attempts: [],
  throughput: [],
  columns: row.columns,
  changes: row.row_changes,
  schemaChanges: row.schema_changes,
  files: row.findings?.files?.map(Struct.omit(["header"])) ?? null,
  compression: row.compression,
  dialect: row.findings?.dialect ?? null,
  encoding: row.findings?.encoding ?? null,
  encodingGuess: row.findings?.encodingGuess ?? null,
  repairs: row.findings?.repairs ?? null,
  rejects: row.findings?.rejects ?? null,
  skipped: row.findings?.skipped ?? null,
  lines: row.findings?.lines ?? null,
  rewrites: row.findings === null ? null : (row.findings.rewrites ?? 0),
  almostTyped: row.findings === null ? null : (row.findings.almostTyped ?? []),
  warnings: row.findings?.warnings ?? null,
  callback: null,
})
