import { jobBounds } from "./histogramBounds.ts"
import type { MetricDefinition } from "./MetricDefinition.ts"

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
