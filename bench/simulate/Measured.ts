import { readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Schema from "effect/Schema"

/** A run of the real service: all jobs posted at once, from sources that are slower than Postgres. */
const MeasuredRun = Schema.Struct({
  workers: Schema.Natural,
  /** From the first POST to the end of the last job. */
  wallSeconds: Schema.Finite,
  /** Duration of each job, from the start of its attempt to its end. */
  attemptSeconds: Schema.Array(Schema.Finite),
  /** From the end of a job to the start of the next one in its slot; the median of the run. */
  gapSeconds: Schema.Finite,
})
export type MeasuredRun = typeof MeasuredRun.Type

/** What processes cost the database of the queue. */
const MeasuredCosts = Schema.Struct({
  /** Connections of an API that has served requests, and of a worker without jobs. */
  apiConnections: Schema.Finite,
  idleWorkerConnections: Schema.Finite,
  /** Connections of a worker with each running job more. */
  connectionsPerJob: Schema.Finite,
  /** Statements per second of an API, of a worker without jobs, and of one whose jobs receive bytes. */
  apiStatements: Schema.Finite,
  idleWorkerStatements: Schema.Finite,
  busyWorkerStatements: Schema.Finite,
  /** Further statements of a job, from its POST to its end, for all processes together. */
  statementsPerJob: Schema.Finite,
})
export type MeasuredCosts = typeof MeasuredCosts.Type

export const Measured = Schema.Struct({
  /** The machine and the version of Sluice. */
  machine: Schema.Array(Schema.Tuple([Schema.String, Schema.String])),
  slots: Schema.Natural,
  fileBytes: Schema.Natural,
  /** Bytes per second that each source sends. */
  sourceRate: Schema.Natural,
  runs: Schema.Array(MeasuredRun),
  costs: MeasuredCosts,
})
export type Measured = typeof Measured.Type

/** Written by `npm run bench:simulate -- --measure`. */
export const measuredPath = join(import.meta.dirname, "measured.json")

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Measured))

export const readMeasured = async (): Promise<Measured> => decode(await readFile(measuredPath, "utf8"))
