import type { Waiting } from "../../src/Domain/job/Waiting.ts"
import * as DateTime from "effect/DateTime"
import type { TypedColumn } from "../../src/Domain/load/columns/Column.ts"
import type { IdempotencyKey } from "../../src/Domain/job/IdempotencyKey.ts"
import type { Job, JobError, JobId } from "../../src/Domain/job/Job.ts"
import type { JobState } from "../../src/Domain/job/JobState.ts"
import { type Counters, fromCounters, noCounters } from "../../src/Domain/job/Progress.ts"
import type { TableName } from "../../src/Domain/load/columns/TableName.ts"
import type { Findings } from "../../src/Domain/load/Findings.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import type { SkippedLine } from "../../src/Domain/load/SkippedLine.ts"
import type { Owner } from "../../src/Domain/service/Caller.ts"
import { onlyInserted } from "../../src/Domain/load/SchemaChanges.ts"
import { fileUrlsOf } from "../../src/Domain/job/Jobs.ts"
import { shownUrls } from "../../src/Domain/source/masking/shownUrls.ts"
import { requestedUrl } from "../../src/Domain/source/masking/requestedUrl.ts"
import { masked, nothingShown } from "../../src/Domain/source/masking/UrlMasking.ts"
import type { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

/** A job of `JobsMemory`. */
export interface JobRecord {
  readonly jobId: JobId
  readonly owner: Owner
  readonly fileUrl: SourceUrl
  readonly otherUrls?: ReadonlyArray<SourceUrl>
  readonly table: TableName
  readonly createdAt: DateTime.Utc
  readonly startedAt: DateTime.Utc | null
  readonly finishedAt: DateTime.Utc | null
  /** The claim of the latest attempt, and how many claims were released without using an attempt. */
  readonly retryCount: number | null
  readonly released: number
  readonly attemptStartedAt: DateTime.Utc | null
  readonly counters: Counters
  readonly reportedAt: DateTime.Utc | null
  readonly columns: ReadonlyArray<TypedColumn> | null
  readonly compression: string | null
  readonly options: LoadOptions
  readonly idempotencyKey: IdempotencyKey | null
  readonly holdsName: boolean
  readonly findings: Findings | null
  readonly rejects: ReadonlyArray<Reject>
  readonly skipped: ReadonlyArray<SkippedLine>
  readonly error: JobError | null
}

/** The rest of the record of a job that was never claimed. */
export const neverClaimed = {
  startedAt: null,
  finishedAt: null,
  retryCount: null,
  released: 0,
  attemptStartedAt: null,
  counters: noCounters,
  reportedAt: null,
  columns: null,
  compression: null,
  findings: null,
  rejects: [],
  skipped: [],
  error: null,
} as const satisfies Partial<JobRecord>

export const attemptOf = (retryCount: number, released: number): number => retryCount + 1 - released

const secondsBetween = (from: DateTime.Utc | null, to: DateTime.Utc | null): number | null =>
  from === null || to === null ? null : (DateTime.toEpochMillis(to) - DateTime.toEpochMillis(from)) / 1000

/** A job that waits for a slot, without its place, which changes with every other job. */
export const withoutPlace: Waiting = {
  reason: "slot",
  position: null,
  estimatedStartAt: null,
  heldUntil: null,
}

/** The job as it is whatever other jobs there are. */
export const apartFromOthers = (job: Job): Job =>
  job.waiting === null ? job : { ...job, waiting: { ...withoutPlace, reason: job.waiting.reason } }

export const toJob = (record: JobRecord, state: JobState): Job => {
  const attempt = record.retryCount === null ? 0 : attemptOf(record.retryCount, record.released)
  return {
    jobId: record.jobId,
    state,
    fileUrl: masked(record.fileUrl, nothingShown),
    fileUrls: shownUrls(fileUrlsOf(record), nothingShown),
    requestedUrl: requestedUrl(record.fileUrl, nothingShown),
    schema: "public",
    target: "default",
    table: record.table,
    mode: record.options.mode ?? "create",
    options: record.options,
    waitsFor: null,
    waiting: state === "created" || state === "retry" ? withoutPlace : null,
    sourceId: null,
    unchanged: false,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    attempt: attempt > 0 ? attempt : null,
    maxAttempts: 5,
    nextAttemptAt: null,
    progress: fromCounters(
      record.counters,
      secondsBetween(record.attemptStartedAt, record.reportedAt),
      state === "active",
    ),
    attempts: [],
    throughput: [],
    columns: record.columns,
    changes: record.columns === null ? null : onlyInserted(record.counters.rowsLoaded),
    schemaChanges: null,
    files: null,
    compression: record.compression,
    dialect: record.findings?.dialect ?? null,
    encoding: record.findings?.encoding ?? null,
    encodingGuess: record.findings?.encodingGuess ?? null,
    repairs: record.findings?.repairs ?? null,
    rejects: record.findings?.rejects ?? null,
    skipped: record.findings?.skipped ?? null,
    lines: record.findings?.lines ?? null,
    almostTyped: record.findings === null ? null : (record.findings.almostTyped ?? []),
    rewrites: record.findings === null ? null : (record.findings.rewrites ?? 0),
    warnings: record.findings?.warnings ?? null,
    error: record.error,
    callback: null,
  }
}

/** The record before its next attempt. */
export const nothingYet = (record: JobRecord): JobRecord => ({
  ...record,
  counters: { ...noCounters, bytesTotal: record.counters.bytesTotal },
  reportedAt: null,
})
