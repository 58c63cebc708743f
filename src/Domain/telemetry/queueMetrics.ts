import type { MetricDefinition } from "./MetricDefinition.ts"

/** Metrics of what waits, read from the database. */
export const queueMetrics = {
  "sluice.queue.jobs": {
    kind: "gauge",
    unit: "{job}",
    meaning: "unfinished jobs in the queue, from the database: the same in every process, so use `max`",
    attributes: {
      state:
        "`waiting` (may be claimed), `host` (its host is at its limit, or held), `target` (no worker reaches the database of its table), `retrying` (waits for its next attempt), `active`",
    },
    in: "API",
  },
  "sluice.queue.oldest_age": {
    kind: "gauge",
    unit: "s",
    meaning: "how long the oldest job that may be claimed has waited; 0 if there is none",
    attributes: {},
    in: "API",
  },
  "sluice.hosts.held": {
    kind: "gauge",
    unit: "{host}",
    meaning:
      "hosts that asked for fewer requests and get none now, from the database: the same in every process, so use `max`",
    attributes: {},
    in: "API",
  },
  "sluice.sources": {
    kind: "gauge",
    unit: "{source}",
    meaning: "sources, from the database: the same in every process, so use `max`",
    attributes: { state: "`active`, `paused`, `stopped`" },
    in: "API",
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
