import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { isOfTheStatement } from "../postgres/DatabaseFailure.ts"

/** What is exported: the rows of a table, or the rejects or skipped lines of a job. */
export type ExportSubject =
  | { readonly of: "table"; readonly table: string; readonly format: string }
  | { readonly of: "kept"; readonly jobId: string }

/** The span of an export, from its first bytes to its end. */
export const copySpan = (subject: ExportSubject) => ({
  kind: "client" as const,
  attributes: {
    "db.system.name": "postgresql",
    "db.operation.name": "COPY",
    ...(subject.of === "table"
      ? { "db.collection.name": subject.table }
      : { "sluice.job.id": subject.jobId }),
  },
})

/** Shows the counters before the first export. */
export const startCounters = Metrics.startAtZero("sluice.export.bytes", [{ of: "table" }, { of: "kept" }])

const outcomeOf = (exit: Exit.Exit<unknown, unknown>) => {
  if (Exit.isSuccess(exit)) return "completed"
  return Cause.hasInterruptsOnly(exit.cause) ? "disconnected" : "failed"
}

/** What has been sent until now; rows are known only at the end. */
export interface Sent {
  readonly rows: number
  readonly bytes: number
}

const nothing: Sent = { rows: 0, bytes: 0 }

/** Notes the end of an export in its span. */
export const annotateExport = ({ bytes, rows }: Sent, exit: Exit.Exit<unknown, unknown>) =>
  Effect.annotateCurrentSpan({
    "sluice.outcome": outcomeOf(exit),
    "sluice.rows": rows,
    "sluice.bytes": bytes,
  })

/** Whether an export has not started because of its request, which says so itself. */
export const isRefused = (cause: Cause.Cause<unknown>): boolean =>
  Option.exists(
    Cause.findErrorOption(cause),
    (error) => !(error instanceof ServiceUnavailable) || isOfTheStatement(error),
  )

/**
 * Logs and counts the end of an export.
 *
 * @param begin when it was requested, in milliseconds
 */
export const reportExport = Effect.fnUntraced(function* (
  subject: ExportSubject,
  begin: number,
  exit: Exit.Exit<unknown, unknown>,
  sent = nothing,
) {
  const { of } = subject
  const outcome = outcomeOf(exit)
  const elapsed = (yield* Clock.currentTimeMillis) - begin
  yield* Metrics.record("sluice.export.duration", { of, outcome }, elapsed / 1000)
  yield* Metrics.count("sluice.export.bytes", { of }, sent.bytes)
  if (of === "table") yield* Metrics.count("sluice.rows.read", { by: "export" }, sent.rows)
  yield* Effect.annotateLogs(Effect.logInfo("export ended"), {
    ...(subject.of === "table"
      ? { table: subject.table, format: subject.format }
      : { job_id: subject.jobId }),
    outcome,
    rows: sent.rows,
    bytes: sent.bytes,
    duration_ms: elapsed,
  })
})
