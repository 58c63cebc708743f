import { byTable, byHash, imbalance } from "./Router.ts"
import { type Day, jobsOf, secondsPerDay, sharesOf, withBacklog } from "./Day.ts"
import type { MakeOrder } from "./JobOrder.ts"
import { type CellRun, simulateCell } from "./simulateCell.ts"

/** A fleet in cells, and what it has to do. Not measured: assumptions. */
export interface Plan {
  readonly day: Day
  readonly cells: number
  readonly workersPerCell: number
  readonly slots: number
  readonly apisPerCell: number
  /** Bytes per second that the database of a cell takes. */
  readonly databaseRate: number
  /** Jobs that the largest caller of each cell posts at once, in the middle of the day. */
  readonly backlog: number
}

/** 1 M jobs and 100 TB a day on 1,000 workers in 10 cells. */
export const million: Plan = {
  day: { jobs: 1_000_000, meanBytes: 100e6, callers: 2000 },
  cells: 10,
  workersPerCell: 100,
  slots: 4,
  apisPerCell: 2,
  databaseRate: 200e6,
  backlog: 5000,
}

const noon = secondsPerDay / 2

/** One cell's part of a simulated day. */
export interface PlannedCell extends CellRun {
  /** The caller with the backlog. */
  readonly largest: number
}

/** Simulates each cell of the plan. Cells share nothing. */
export const simulatePlan = (
  plan: Plan,
  order: MakeOrder,
  startSeconds: number,
  seed: number,
): ReadonlyArray<PlannedCell> => {
  const routes = byTable(sharesOf(plan.day), plan.cells)
  const jobs = Map.groupBy(jobsOf(plan.day, seed), ({ caller }) => routes[caller]!)
  return Array.from({ length: plan.cells }, (_, cell) => {
    // Callers are numbered by size.
    const largest = routes.indexOf(cell)
    const own = withBacklog(
      jobs.get(cell) ?? [],
      { caller: largest, at: noon, jobs: plan.backlog },
      plan.day.meanBytes,
      seed + cell + 1,
    )
    const run = simulateCell(
      own,
      {
        slots: plan.workersPerCell * plan.slots,
        order,
        startSeconds,
        databaseRate: plan.databaseRate,
      },
      secondsPerDay,
    )
    return { ...run, largest }
  })
}

/** Load of the fullest cell as a multiple of the mean, with a table of callers and with a hash. */
export const imbalances = ({ cells, day }: Plan) => {
  const shares = sharesOf(day)
  return {
    table: imbalance(byTable(shares, cells), shares, cells),
    hash: imbalance(byHash(day.callers, cells), shares, cells),
  }
}
