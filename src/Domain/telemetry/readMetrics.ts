import type { MetricDefinition } from "./MetricDefinition.ts"

/** Up to a day, the longest that an attempt may take. */
export const jobBounds = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400,
]

/** What callers read of loaded tables and of what jobs keep. */
export const readMetrics = {
  "sluice.rows.read": {
    kind: "counter",
    unit: "{row}",
    meaning: "rows of tables that callers have read",
    attributes: { by: "`page`, `export`" },
    in: "API",
  },
  "sluice.export.duration": {
    kind: "histogram",
    unit: "s",
    meaning: "duration of exports until their end",
    attributes: {
      of: "`table`; `kept`: rejects or skipped lines as CSV",
      outcome:
        "`completed`, `disconnected` (by the client), `failed` (no start in time, the database is lost, or the reader stalls)",
    },
    bounds: jobBounds,
    in: "API",
  },
  "sluice.export.bytes": {
    kind: "counter",
    unit: "By",
    meaning: "bytes of exports that have ended, as they were sent",
    attributes: { of: "`table`, `kept`" },
    in: "API",
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
