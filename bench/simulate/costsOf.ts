import type { MeasuredCosts } from "./Measured.ts"

/** What part of a fleet does, on one database. */
export interface FleetLoad {
  readonly apis: number
  readonly workers: number
  /** Jobs that run at the same time. */
  readonly running: number
  readonly jobsPerSecond: number
}

/** Connections to the queue's database, and its statements per second, from the measured costs of one process and one job. */
export const costsOf = (costs: MeasuredCosts, load: FleetLoad) => {
  const busyWorkers = Math.min(load.workers, load.running)
  return {
    connections:
      load.apis * costs.apiConnections +
      load.workers * costs.idleWorkerConnections +
      load.running * costs.connectionsPerJob,
    statementsPerSecond:
      load.apis * costs.apiStatements +
      busyWorkers * costs.busyWorkerStatements +
      (load.workers - busyWorkers) * costs.idleWorkerStatements +
      load.jobsPerSecond * costs.statementsPerJob,
  }
}
