import { Draws } from "./Draws.ts"
import type { SimulatedJob } from "./SimulatedJob.ts"

export const secondsPerDay = 86_400

/** A day of jobs of many callers. */
export interface Day {
  readonly jobs: number
  readonly meanBytes: number
  readonly callers: number
}

/** The size of a file is log-normal. With this deviation, half of the bytes are in the largest 7 % of the files. */
const sizeDeviation = 1.5
/** Larger files would take more than half a day from the slowest source. They would be 3 % of the bytes. */
const largestBytes = 5e9
/** Callers by size follow Zipf's law with this exponent: the largest of 2,000 has 5 % of the jobs. */
const callerExponent = 0.8
/** Sources, by their share of the jobs: bytes per second. */
const sources = [
  { share: 0.7, rate: 5e6 },
  { share: 0.25, rate: 1e6 },
  { share: 0.05, rate: 1e5 },
]

const sizeOf = (draws: Draws, meanBytes: number): number =>
  Math.min(largestBytes, draws.logNormal(meanBytes, sizeDeviation))

const cumulative = (weights: ReadonlyArray<number>): ReadonlyArray<number> => {
  let sum = 0
  return weights.map((weight) => (sum += weight))
}

/** Share of each caller in the jobs. */
export const sharesOf = ({ callers }: Day): ReadonlyArray<number> => {
  const weights = Array.from({ length: callers }, (_, caller) => (caller + 1) ** -callerExponent)
  const sum = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** The jobs of a day, posted at random times, in the order of their POSTs. */
export const jobsOf = (day: Day, seed: number): Array<SimulatedJob> => {
  const draws = new Draws(seed)
  const callers = cumulative(sharesOf(day))
  const shares = cumulative(sources.map(({ share }) => share))
  const jobs: Array<SimulatedJob> = []
  let at = 0
  for (let n = 0; n < day.jobs; n++) {
    at += draws.exponential(secondsPerDay / day.jobs)
    jobs.push({
      caller: draws.index(callers),
      at,
      bytes: sizeOf(draws, day.meanBytes),
      rate: sources[draws.index(shares)]!.rate,
    })
  }
  return jobs
}

/** Jobs that one caller posts at once, among the others. */
export const withBacklog = (
  jobs: ReadonlyArray<SimulatedJob>,
  backlog: { readonly caller: number; readonly at: number; readonly jobs: number },
  meanBytes: number,
  seed: number,
): ReadonlyArray<SimulatedJob> => {
  const draws = new Draws(seed)
  const further = Array.from({ length: backlog.jobs }, () => ({
    caller: backlog.caller,
    at: backlog.at,
    bytes: sizeOf(draws, meanBytes),
    rate: sources[0]!.rate,
  }))
  return [...jobs, ...further].toSorted((one, other) => one.at - other.at)
}
