import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { JobId } from "../../../Domain/job/Job.ts"
import { SourceId } from "../../../Domain/job/SourceId.ts"
import { JobState } from "../../../Domain/job/JobState.ts"
import { TableName } from "../../../Domain/load/columns/TableName.ts"
import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { type RefreshedSource, type SourceRun, SourceState } from "../../../Domain/refresh/RefreshedSource.ts"
import { CallerId, Owner } from "../../../Domain/service/Caller.ts"
import { toUtc } from "../jobs/record/JobRow.ts"

/** A row of `sluice.source` as `sourceColumns` selects it. */
export const SourceRow = Schema.Struct({
  id: SourceId,
  owner: Owner,
  caller: CallerId,
  /** The URL as given if it has no secrets, otherwise masked. */
  file_url: Schema.String,
  shown_url: Schema.String,
  requested_url: Schema.NullOr(Schema.String),
  target_schema: Schema.String,
  table_name: TableName,
  options: LoadOptions,
  /** The receiver of the ends of its runs, as it is shown. */
  callback_url: Schema.NullOr(Schema.String),
  every: Schema.NullOr(Schema.String),
  cron: Schema.NullOr(Schema.String),
  timezone: Schema.String,
  state: SourceState,
  stop_reason: Schema.NullOr(Schema.String),
  created_at: Schema.Date,
  next_run_at: Schema.NullOr(Schema.Date),
  unchanged_runs: Schema.Natural,
  failures: Schema.Natural,
  skipped_runs: Schema.Natural,
  request_hash: Schema.NullOr(Schema.String),
})
export type SourceRow = typeof SourceRow.Type

/** The select list of a `SourceRow`. */
export const sourceColumns = Object.keys(SourceRow.fields).join(", ")

/** A source that the transaction has locked, with the time of the transaction. */
const LockedSource = Schema.Struct({ ...SourceRow.fields, now: Schema.Date })
export type LockedSource = typeof LockedSource.Type

/** Only this service writes these rows, so a row that does not decode is a bug, or of a newer version. */
export const decodeLocked = Schema.decodeUnknownSync(LockedSource)

/** A run as `SourceStatements.runs` selects it. */
export const RunRow = Schema.Struct({
  source_id: SourceId,
  id: JobId,
  state: JobState,
  unchanged: Schema.Boolean,
  created_at: Schema.Date,
  finished_at: Schema.NullOr(Schema.Date),
  rows_loaded: Schema.Natural,
  error: Schema.NullOr(Schema.String),
})

/** The source as its owner sees it. */
export const toSource = (row: SourceRow): RefreshedSource => ({
  sourceId: row.id,
  fileUrl: row.shown_url,
  target: row.options.target ?? defaultTarget,
  schema: row.target_schema,
  table: row.table_name,
  options: { ...row.options, ...(row.callback_url === null ? {} : { callbackUrl: row.callback_url }) },
  every: row.every,
  cron: row.cron,
  timezone: row.timezone,
  state: row.state,
  stopReason: row.stop_reason,
  createdAt: DateTime.fromDateUnsafe(row.created_at),
  nextRunAt: toUtc(row.next_run_at),
  unchangedRuns: row.unchanged_runs,
  failures: row.failures,
  skippedRuns: row.skipped_runs,
})

export const toRun = (row: typeof RunRow.Type): SourceRun => ({
  jobId: row.id,
  state: row.state,
  unchanged: row.unchanged,
  createdAt: DateTime.fromDateUnsafe(row.created_at),
  finishedAt: toUtc(row.finished_at),
  rowsLoaded: row.rows_loaded,
  error: row.error,
})
