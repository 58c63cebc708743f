import { assert, describe, it } from "@effect/vitest"
import { Draws } from "../../../bench/simulate/Draws.ts"
import { fair, fifo, type MakeOrder } from "../../../bench/simulate/JobOrder.ts"
import { readMeasured } from "../../../bench/simulate/Measured.ts"
import { type Plan, simulatePlan } from "../../../bench/simulate/Plan.ts"
import { replayRun } from "../../../bench/simulate/replayRun.ts"
import { byHash, byTable, imbalance } from "../../../bench/simulate/Router.ts"
import type { SimulatedJob } from "../../../bench/simulate/SimulatedJob.ts"
import { simulateCell, waitsOf } from "../../../bench/simulate/simulateCell.ts"
import { meanWaitOf } from "./erlangC.ts"

const seed = 1

const cell = (slots: number, order: MakeOrder = fifo) => ({
  slots,
  order,
  startSeconds: 0,
  databaseRate: Infinity,
})

/** Jobs with exponential distances and durations. */
const markovian = (count: number, arrivalsPerSecond: number, meanSeconds: number) => {
  const draws = new Draws(seed)
  let at = 0
  return Array.from({ length: count }, (_, n): SimulatedJob => {
    at += draws.exponential(1 / arrivalsPerSecond)
    return { caller: n % 7, at, bytes: draws.exponential(meanSeconds), rate: 1 }
  })
}

const mean = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length

/** A plan that is simulated within a second. */
const small: Plan = {
  day: { jobs: 5000, meanBytes: 100e6, callers: 100 },
  cells: 2,
  workersPerCell: 5,
  slots: 4,
  apisPerCell: 1,
  databaseRate: 200e6,
  backlog: 300,
}

/** When the jobs of each cell end. */
const endsOf = (seed: number) => simulatePlan(small, fair(), 0.01, seed).map(({ endedAt }) => endedAt)

/** Waits of all callers but those with a backlog. */
const waitsOfOthers = (order: MakeOrder) =>
  simulatePlan(small, order, 0.01, seed).flatMap((cell) =>
    waitsOf(cell).filter((_, index) => cell.jobs[index]!.caller !== cell.largest),
  )

describe("simulation of a fleet", () => {
  it("waits as long as Erlang's formula says, with any number of slots and in any order", () => {
    for (const [slots, load, order] of [
      [1, 0.5, fifo],
      [3, 0.7, fifo],
      [8, 0.8, fifo],
      [8, 0.8, fair()],
    ] as const) {
      const arrivals = (load * slots) / 10
      const run = simulateCell(markovian(60_000, arrivals, 10), cell(slots, order))
      const expected = meanWaitOf(arrivals, 10, slots)
      assert.closeTo(mean(waitsOf(run)), expected, 0.05 * expected)
      assert.closeTo(run.meanBusy, load * slots, 0.02 * slots)
    }
  })

  it("obeys Little's law, with a database that is too slow for all loads at once", () => {
    const jobs = markovian(20_000, 0.75, 10)
    const run = simulateCell(jobs, { ...cell(12, fair()), startSeconds: 0.1, databaseRate: 9 })
    const perSecond = jobs.length / run.seconds
    assert.closeTo(run.meanWaiting, perSecond * mean(waitsOf(run)), 1e-6)
    const held = mean(jobs.map((_, index) => run.endedAt[index]! - run.claimedAt[index]!))
    assert.closeTo(run.meanBusy, perSecond * held, 1e-6)
    assert.isAbove(held, 10.1)
  })

  it("a slow database is shared equally, and slower sources keep their rate", () => {
    const loads = [1, 10, 10].map((rate) => ({ caller: 0, at: 0, bytes: 10 * rate, rate }))
    const { endedAt, peakRate } = simulateCell(loads, { ...cell(3), databaseRate: 11 })
    assert.deepStrictEqual([...endedAt].map(Math.round), [10, 19, 19])
    assert.strictEqual(peakRate, 11)
  })

  it("the same seed gives the same result, and another seed another one", () => {
    assert.deepStrictEqual(endsOf(1), endsOf(1))
    assert.notDeepEqual(endsOf(1), endsOf(2))
  })

  it("in the fair order a caller without jobs is next, however many jobs another has posted", () => {
    const backlog = Array.from({ length: 2000 }, () => ({ caller: 1, at: 0, bytes: 3, rate: 1 }))
    const jobs = [...backlog, { caller: 2, at: 1, bytes: 3, rate: 1 }]
    const waitOfLast = (order: MakeOrder) => waitsOf(simulateCell(jobs, cell(64, order))).at(-1)!
    assert.isAtMost(waitOfLast(fair()), 3)
    assert.isAbove(waitOfLast(fifo), 90)
  })

  it("a backlog delays its own caller only, if the order is fair", () => {
    assert.isBelow(mean(waitsOfOthers(fair())), mean(waitsOfOthers(fifo)) / 10)
  })

  it("a table of callers fills cells evenly, and a hash less so", () => {
    const loads = Array.from({ length: 500 }, (_, caller) => 1 / (caller + 1) ** 0.8)
    assert.isBelow(imbalance(byTable(loads, 8), loads, 8), 1.01)
    assert.isAbove(imbalance(byHash(500, 8), loads, 8), 1.05)
    assert.strictEqual(new Set(byHash(500, 8)).size, 8)
  })

  it("takes as long as the measured runs of one, two and four workers, within a tenth", async () => {
    const { runs, slots } = await readMeasured()
    assert.deepStrictEqual(
      runs.map(({ workers }) => workers),
      [1, 2, 4],
    )
    for (const run of runs)
      assert.closeTo(replayRun(run, run.workers * slots, run, seed), run.wallSeconds, 0.1 * run.wallSeconds)
  })
})
