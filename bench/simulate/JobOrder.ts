import { Heap } from "./Heap.ts"
import type { SimulatedJob } from "./SimulatedJob.ts"

/** The waiting jobs of a queue, in the order in which they are claimed. Jobs are known by their index. */
interface JobOrder {
  readonly size: () => number
  readonly push: (index: number) => void
  readonly pop: () => number | undefined
}

/** Makes an order for these jobs. */
export type MakeOrder = (jobs: ReadonlyArray<SimulatedJob>) => JobOrder

/** First posted, first claimed. */
export const fifo: MakeOrder = () => {
  const posted: Array<number> = []
  let head = 0
  return {
    size: () => posted.length - head,
    push: (index) => void posted.push(index),
    pop: () => (head === posted.length ? undefined : posted[head++]),
  }
}

/**
 * Start-time fair queueing over callers. A job's place is the later one of the last claim's place and that of its caller's job
 * before, plus its cost. So a caller without waiting jobs is next, however many jobs another one has.
 *
 * @param cost of a job; the same for all if sizes are unknown
 */
export const fair =
  (cost: (job: SimulatedJob) => number = () => 1): MakeOrder =>
  (jobs) => {
    const lastOfCaller = new Map<number, number>()
    let now = 0
    let pushed = 0
    const waiting = new Heap<{ readonly index: number; readonly place: number; readonly key: number }>(
      ({ key }) => key,
    )
    return {
      size: () => waiting.size,
      push: (index) => {
        const job = jobs[index]!
        const place = Math.max(now, lastOfCaller.get(job.caller) ?? 0) + cost(job)
        lastOfCaller.set(job.caller, place)
        // Among equal places the first posted is first.
        waiting.push({ index, place, key: place + 1e-9 * pushed++ })
      },
      pop: () => {
        const next = waiting.pop()
        if (next === undefined) return undefined
        now = next.place
        return next.index
      },
    }
  }
