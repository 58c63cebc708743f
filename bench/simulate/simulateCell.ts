import type { MakeOrder } from "./JobOrder.ts"
import type { SimulatedJob } from "./SimulatedJob.ts"
import { Transfers } from "./Transfers.ts"

/** A queue, its workers and its database. */
export interface Cell {
  readonly slots: number
  readonly order: MakeOrder
  /** Seconds for which a job has its slot before its bytes arrive. */
  readonly startSeconds: number
  /** Bytes per second that the database takes from all loads. */
  readonly databaseRate: number
}

/** What happened to the jobs of a cell. */
export interface CellRun {
  readonly jobs: ReadonlyArray<SimulatedJob>
  /** When each job got its slot, and when it ended, in seconds. */
  readonly claimedAt: Float64Array
  readonly endedAt: Float64Array
  /** Until the last job ended, or the horizon. */
  readonly seconds: number
  /** Means over this time. */
  readonly meanWaiting: number
  readonly meanBusy: number
  readonly peakBusy: number
  /** Highest and mean rate of all loads together, in bytes per second. */
  readonly peakRate: number
  readonly meanRate: number
}

/**
 * Simulates the jobs of a cell, event by event, to the end of the last one. A job holds a slot from its claim to its end.
 *
 * @param jobs in the order in which they are posted
 * @param horizon seconds after which nothing counts for means and peaks: the last large files may take long
 */
export const simulateCell = (jobs: ReadonlyArray<SimulatedJob>, cell: Cell, horizon = Infinity): CellRun => {
  const claimedAt = new Float64Array(jobs.length)
  const endedAt = new Float64Array(jobs.length)
  const order = cell.order(jobs)
  const transfers = new Transfers(cell.databaseRate)
  /** Claimed jobs whose bytes have not arrived yet, first claimed first. */
  const starting: Array<number> = []
  let started = 0
  let now = 0
  let posted = 0
  let ended = 0
  let busy = 0
  let [waitingSeconds, busySeconds, bytes, peakBusy, peakRate] = [0, 0, 0, 0, 0]

  const claim = () => {
    while (busy < cell.slots) {
      const index = order.pop()
      if (index === undefined) return
      claimedAt[index] = now
      starting.push(index)
      busy += 1
    }
  }

  while (ended < jobs.length) {
    const postAt = jobs[posted]?.at ?? Infinity
    const startAt = started < starting.length ? claimedAt[starting[started]!]! + cell.startSeconds : Infinity
    const endAt = now + transfers.untilNext()
    const next = Math.min(postAt, startAt, endAt)
    const counted = Math.max(0, Math.min(next, horizon) - now)
    waitingSeconds += order.size() * counted
    busySeconds += busy * counted
    bytes += transfers.rate() * counted
    transfers.advance(next - now)
    now = next
    if (endAt === next) {
      endedAt[transfers.end()] = now
      busy -= 1
      ended += 1
    } else if (startAt === next) {
      const index = starting[started++]!
      transfers.start(index, jobs[index]!.bytes, jobs[index]!.rate)
      peakRate = Math.max(peakRate, transfers.rate())
    } else order.push(posted++)
    claim()
    peakBusy = Math.max(peakBusy, busy)
  }
  const seconds = Math.min(now, horizon)
  return {
    jobs,
    claimedAt,
    endedAt,
    seconds,
    meanWaiting: waitingSeconds / seconds,
    meanBusy: busySeconds / seconds,
    peakBusy,
    peakRate,
    meanRate: bytes / seconds,
  }
}

/** Seconds from the POST of each job to its claim. */
export const waitsOf = ({ claimedAt, jobs }: CellRun): ReadonlyArray<number> =>
  jobs.map(({ at }, index) => claimedAt[index]! - at)
