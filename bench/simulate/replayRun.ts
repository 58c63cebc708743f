import { Draws } from "./Draws.ts"
import { fair } from "./JobOrder.ts"
import type { MeasuredRun } from "./Measured.ts"
import { simulateCell } from "./simulateCell.ts"

/**
 * Simulates a measured run. Returns its duration in seconds.
 *
 * @param slots of all workers
 * @param times the run that the durations of jobs are drawn from: this run, or another one to predict this from
 */
export const replayRun = (run: MeasuredRun, slots: number, times: MeasuredRun, seed: number): number => {
  const draws = new Draws(seed)
  const jobs = run.attemptSeconds.map(() => ({
    caller: 0,
    at: 0,
    // A source of one byte per second, so that bytes are seconds.
    bytes: draws.pick(times.attemptSeconds),
    rate: 1,
  }))
  return simulateCell(jobs, {
    slots,
    order: fair(),
    startSeconds: times.gapSeconds,
    databaseRate: Infinity,
  }).seconds
}
