import { jobBounds, requestBounds, statementBounds } from "./histogramBounds.ts"
import type { MetricDefinition } from "./MetricDefinition.ts"
import { queueMetrics } from "./queueMetrics.ts"
import { readMetrics } from "./readMetrics.ts"
import { runtimeMetrics } from "./runtimeMetrics.ts"

const errorType = "error code, as in a job's `error.code`; absent without an error"
const poolName = { "db.client.connection.pool.name": "`load`: the connections of loads" }

/**
 * Every metric, by its name. Names, units and attributes are those of OpenTelemetry's semantic conventions where these
 * have the metric. `docs/operations.md` lists the same.
 */
export const metricCatalog = {
  ...queueMetrics,
  "sluice.source.runs": {
    kind: "counter",
    unit: "{run}",
    meaning: "runs of sources that have ended",
    attributes: { outcome: "`completed`, `unchanged`, `failed`, `cancelled`" },
    in: "worker",
  },
  "sluice.source.runs_skipped": {
    kind: "counter",
    unit: "{run}",
    meaning: "due runs of sources that were left out, or delayed",
    attributes: {
      reason: "`unfinished`: the run before had not ended; `limit`: it waits for a limit of the caller",
    },
    in: "API",
  },
  "sluice.worker.replicas": {
    kind: "gauge",
    unit: "{replica}",
    meaning: "workers that are alive, from the database: the same in every process, so use `max`",
    attributes: {},
    in: "API",
  },
  "sluice.worker.heartbeat_age": {
    kind: "gauge",
    unit: "s",
    meaning: "age of the oldest heartbeat of an active job, from the database; 0 if none is active",
    attributes: {},
    in: "API",
  },
  "sluice.worker.slots": {
    kind: "updowncounter",
    unit: "{slot}",
    meaning: "slots of this worker",
    attributes: { state: "`used`, `available`" },
    in: "worker",
  },
  "sluice.target.available": {
    kind: "gauge",
    unit: "{database}",
    meaning:
      "1 if a database for tables besides that of the queue has responded to this process lately, otherwise 0",
    attributes: { target: "its name, as requests give it" },
    in: "all",
  },
  "sluice.job.wait_time": {
    kind: "histogram",
    unit: "s",
    meaning: "time from when a job could be claimed until a worker claimed it",
    attributes: { attempt: "`first`, `later`" },
    bounds: jobBounds,
    in: "worker",
  },
  "sluice.job.duration": {
    kind: "histogram",
    unit: "s",
    meaning: "time from the creation of a job to its end, over all attempts",
    attributes: {
      outcome: "`completed`, `unchanged` (a run of a source), `failed`",
      "error.type": errorType,
    },
    bounds: jobBounds,
    in: "worker",
  },
  "sluice.webhooks": {
    kind: "counter",
    unit: "{attempt}",
    meaning: "attempts to notify someone of a job's end",
    attributes: { outcome: "`delivered`, `retried` (another one follows), `failed` (none follows)" },
    in: "worker",
  },
  "messaging.process.duration": {
    kind: "histogram",
    unit: "s",
    meaning: "duration of an attempt",
    attributes: {
      "messaging.system": "`pg-boss`",
      "messaging.operation.name": "`process`",
      "messaging.destination.name": "`sluice.load`",
      "error.type": errorType,
    },
    bounds: jobBounds,
    in: "worker",
  },
  "sluice.attempts": {
    kind: "counter",
    unit: "{attempt}",
    meaning: "attempts ended",
    attributes: { outcome: "as in the [log](#one-line-per-attempt)", "error.type": errorType },
    in: "worker",
  },
  "sluice.jobs.given_back": {
    kind: "counter",
    unit: "{job}",
    meaning: "jobs of dead workers that this process returned to the queue",
    attributes: {},
    in: "all",
  },
  "sluice.jobs.settled_later": {
    kind: "counter",
    unit: "{job}",
    meaning:
      "jobs that ended in the database of the tables and that this process settled after another one had died",
    attributes: {},
    in: "all",
  },
  "sluice.source.io": {
    kind: "counter",
    unit: "By",
    meaning: "bytes received from sources, counted every second",
    attributes: {},
    in: "worker",
  },
  "sluice.source.resumes": {
    kind: "counter",
    unit: "{resume}",
    meaning: "broken downloads",
    attributes: { outcome: "`resumed` within the attempt, `failed`" },
    in: "all",
  },
  "sluice.rows.loaded": {
    kind: "counter",
    unit: "{row}",
    meaning: "rows sent to Postgres, counted every second, also by attempts that fail later",
    attributes: {},
    in: "worker",
  },
  "sluice.rows.committed": {
    kind: "counter",
    unit: "{row}",
    meaning: "rows of completed loads",
    attributes: {},
    in: "worker",
  },
  "sluice.files.committed": {
    kind: "counter",
    unit: "{file}",
    meaning: "files of completed loads, of which one can have several",
    attributes: {},
    in: "worker",
  },
  "sluice.rows.changed": {
    kind: "counter",
    unit: "{row}",
    meaning: "rows of tables that completed loads changed",
    attributes: {
      mode: "the option `mode`",
      change: "`inserted`, `updated`, `deleted`",
    },
    in: "worker",
  },
  "sluice.rows.rejected": {
    kind: "counter",
    unit: "{row}",
    meaning: "records rejected, counted every second",
    attributes: { reason: "as in a job's `rejects`" },
    in: "worker",
  },
  "sluice.lines.skipped": {
    kind: "counter",
    unit: "{line}",
    meaning: "lines of completed loads that are neither records nor a header",
    attributes: { kind: "as in a job's `skipped`" },
    in: "worker",
  },
  "sluice.load.rewrites": {
    kind: "counter",
    unit: "{rewrite}",
    meaning: "times that completed loads rewrote their rows because a value did not have the inferred type",
    attributes: {},
    in: "worker",
  },
  "sluice.load.warnings": {
    kind: "counter",
    unit: "{warning}",
    meaning: "warnings of completed loads",
    attributes: { code: "as in [warnings](api.md#warnings)" },
    in: "worker",
  },
  "sluice.previews": {
    kind: "counter",
    unit: "{preview}",
    meaning: "previews ended",
    attributes: { outcome: "`shown`, `failed`, `refused` (too many)", "error.type": errorType },
    in: "API",
  },
  ...readMetrics,
  "sluice.event_streams": {
    kind: "updowncounter",
    unit: "{stream}",
    meaning: "open streams of events",
    attributes: { of: "`job`: of one job; `all`: of all jobs of a caller" },
    in: "API",
  },
  "sluice.event_stream.delay": {
    kind: "histogram",
    unit: "s",
    meaning: "time from the end of a job until a stream of its events had sent it",
    attributes: {},
    bounds: requestBounds,
    in: "API",
  },
  "sluice.requests.refused": {
    kind: "counter",
    unit: "{request}",
    meaning: "requests refused before anything was done for them",
    attributes: { reason: "as in [Refused requests](operations.md#refused-requests)" },
    in: "API",
  },
  "http.server.request.duration": {
    kind: "histogram",
    unit: "s",
    meaning: "time from the arrival of a request to its response, without health checks and `/metrics`",
    attributes: {
      "http.request.method": "`_OTHER` if unknown",
      "url.scheme": "`http`",
      "http.route": "as declared; absent for an unknown path",
      "http.response.status_code": "499: the client disconnected before the response",
      "error.type": "the status, from 500 on",
    },
    bounds: requestBounds,
    in: "API",
  },
  "http.client.request.duration": {
    kind: "histogram",
    unit: "s",
    meaning:
      "time until a source responded, for each request. `server.address` is left out, because users choose it",
    attributes: {
      "http.request.method": "`GET`",
      "http.response.status_code": "absent without a response",
      "error.type": "the status from 400 on, or an error code",
    },
    bounds: requestBounds,
    in: "all",
  },
  "db.client.operation.duration": {
    kind: "histogram",
    unit: "s",
    meaning: "duration of a statement, without heartbeats and other background work",
    attributes: {
      "db.system.name": "`postgresql`",
      "db.operation.name": "`SELECT`, `COPY`, …",
      "error.type": "SQLSTATE, or the socket's error code",
    },
    bounds: statementBounds,
    in: "all",
  },
  "db.client.connection.count": {
    kind: "updowncounter",
    unit: "{connection}",
    meaning: "open connections of a pool",
    attributes: { ...poolName, "db.client.connection.state": "`idle`, `used`" },
    in: "worker",
  },
  "db.client.connection.max": {
    kind: "updowncounter",
    unit: "{connection}",
    meaning: "most connections of a pool",
    attributes: poolName,
    in: "worker",
  },
  "db.client.connection.pending_requests": {
    kind: "updowncounter",
    unit: "{request}",
    meaning: "requests that wait for a connection of a pool",
    attributes: poolName,
    in: "worker",
  },
  ...runtimeMetrics,
} as const satisfies Readonly<Record<string, MetricDefinition>>

type MetricName = keyof typeof metricCatalog

/** The names of the metrics of one kind. */
export type NamesOf<Kind extends MetricDefinition["kind"]> = {
  [Name in MetricName]: (typeof metricCatalog)[Name]["kind"] extends Kind ? Name : never
}[MetricName]

/** The attributes that a series of this metric may have. */
export type AttributesOf<Name extends MetricName> = {
  readonly [Key in keyof (typeof metricCatalog)[Name]["attributes"]]?: string | undefined
}

const definitions: ReadonlyMap<string, MetricDefinition> = new Map(Object.entries(metricCatalog))

export const definitionOf = (name: string): MetricDefinition | undefined => definitions.get(name)
