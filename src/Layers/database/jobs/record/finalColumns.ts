import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { LoadSummary } from "../../../../Domain/job/CopySink.ts"
import { toJobError } from "../../../../Domain/job/Job.ts"
import type { FileRead } from "../../../../Domain/job/Jobs.ts"
import type { Counters } from "../../../../Domain/job/Progress.ts"
import type { TypedColumn } from "../../../../Domain/load/columns/Column.ts"
import { Findings } from "../../../../Domain/load/Findings.ts"
import type { LoadError } from "../../../../Domain/load/LoadError.ts"
import { onlyInserted, type RowChanges, type SchemaChanges } from "../../../../Domain/load/SchemaChanges.ts"
import type { attemptEnd } from "./attemptHistory.ts"
import type { JobRow } from "./JobRow.ts"

type Columns = typeof JobRow.Encoded & { readonly throughput: EndedAttempt["points"] }
/** The columns that an ending sets. */
export type FinalColumns = Pick<Columns, "final_state" | "rows_loaded" | "rows_rejected"> & Partial<Columns>

/** Truncated, because a fraction does not convert to `bigint` and would fail the commit of a whole load. */
const received = ({ bytesReceived, bytesTotal, file, resumes }: Counters) => ({
  bytes_received: Math.trunc(bytesReceived),
  bytes_total: bytesTotal === null ? null : Math.trunc(bytesTotal),
  file,
  resumes,
})

const encodeFindings = Schema.encodeSync(Findings)

/** Findings that do not fit their schema are a bug, but the job must end. They are left out. */
const whatWasRead = ({ compression, findings }: FileRead) =>
  Schema.is(Findings)(findings) ? { compression, findings: encodeFindings(findings) } : { compression }

/** The attempt with which a job ends. */
export type EndedAttempt = Effect.Success<ReturnType<typeof attemptEnd>>

/** The result of a load that succeeded. */
export interface CompletedLoad extends Pick<
  LoadSummary,
  "compression" | "counters" | "findings" | "version"
> {
  readonly columns: ReadonlyArray<TypedColumn>
  readonly rowChanges: RowChanges
  readonly schemaChanges: SchemaChanges | null
  /** As counted by the server. */
  readonly stored: { readonly rows: number; readonly rejects: number }
  readonly attempt: EndedAttempt
}

/** The columns of the record of a completed job. */
export const completedColumns = (result: CompletedLoad) =>
  ({
    final_state: "completed",
    unchanged: false,
    error: null,
    columns: result.columns,
    row_changes: result.rowChanges,
    schema_changes: result.schemaChanges,
    compression: result.compression,
    findings: encodeFindings(result.findings),
    ...received(result.counters),
    throughput: result.attempt.points,
    rows_loaded: result.stored.rows,
    rows_rejected: result.stored.rejects,
  }) satisfies FinalColumns

/** The same columns for a run that left its table as it was. */
export const unchangedColumns = (counters: Counters, { points }: EndedAttempt) =>
  ({
    final_state: "completed",
    unchanged: true,
    error: null,
    columns: null,
    row_changes: onlyInserted(0),
    schema_changes: null,
    compression: null,
    findings: null,
    ...received(counters),
    throughput: points,
    rows_loaded: 0,
    rows_rejected: 0,
  }) satisfies FinalColumns & Record<keyof ReturnType<typeof completedColumns>, unknown>

/** Their names, all of them, which `completion` has before there is a result. */
export const completedNames = Object.keys({
  final_state: true,
  unchanged: true,
  error: true,
  columns: true,
  row_changes: true,
  schema_changes: true,
  compression: true,
  findings: true,
  bytes_received: true,
  bytes_total: true,
  file: true,
  resumes: true,
  throughput: true,
  rows_loaded: true,
  rows_rejected: true,
} satisfies Record<keyof ReturnType<typeof completedColumns>, true>)

/** The columns of the record of a failed job, of which no row is stored. */
export const failedColumns = (
  error: LoadError,
  counters: Counters,
  read: FileRead | null,
  { points }: EndedAttempt,
) =>
  ({
    final_state: "failed",
    error: toJobError(error),
    ...(read === null ? {} : whatWasRead(read)),
    ...received(counters),
    throughput: points,
    rows_loaded: 0,
    rows_rejected: counters.rowsRejected,
  }) satisfies FinalColumns
