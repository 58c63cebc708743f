import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Findings } from "../Domain/load/Findings.ts"

const attempts = Metric.counter("sluice_attempts_total", {
  description: "Attempts ended, by outcome",
  incremental: true,
})
const rows = Metric.counter("sluice_rows_loaded_total", {
  description: "Rows committed",
  incremental: true,
})
const bytes = Metric.counter("sluice_bytes_received_total", {
  description: "Bytes received from sources by ended attempts",
  incremental: true,
})
const skippedLines = Metric.counter("sluice_skipped_lines_total", {
  description: "Lines of loaded files that are neither records nor a header, by kind",
  incremental: true,
})
const warnings = Metric.counter("sluice_load_warnings_total", {
  description: "Warnings of completed loads, by code",
  incremental: true,
})
const seconds = Metric.histogram("sluice_attempt_duration_seconds", {
  description: "Time from claim to end of an attempt",
  boundaries: Metric.exponentialBoundaries({ start: 0.01, factor: 4, count: 10 }),
})
const slots = Metric.gauge("sluice_slots_busy", { description: "Jobs running on this replica" })

/** Counts an ended attempt. */
export const recordAttempt = (ended: {
  readonly outcome: string
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
}) =>
  Effect.all(
    [
      Metric.update(Metric.withAttributes(attempts, { outcome: ended.outcome }), 1),
      Metric.update(rows, ended.rows),
      Metric.update(bytes, ended.bytes),
      Metric.update(Metric.withAttributes(seconds, { outcome: ended.outcome }), ended.seconds),
    ],
    { discard: true },
  )

/** Counts the skipped lines and the warnings of a completed load. */
export const recordFindings = (findings: Pick<Findings, "skipped" | "warnings">) =>
  Effect.all(
    [
      ...Object.entries(findings.skipped).map(([kind, count]) =>
        Metric.update(Metric.withAttributes(skippedLines, { kind }), count),
      ),
      ...findings.warnings.map(({ code }) => Metric.update(Metric.withAttributes(warnings, { code }), 1)),
    ],
    { discard: true },
  )

/** Shows how many slots are taken. */
export const recordBusySlots = (busy: number) => Metric.update(slots, busy)
