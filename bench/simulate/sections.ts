import { number, type Section } from "../Report.ts"
import { percentile } from "../Statistics.ts"
import { costsOf } from "./costsOf.ts"
import { fair, fifo } from "./JobOrder.ts"
import type { Measured } from "./Measured.ts"
import { imbalances, type Plan, type PlannedCell, simulatePlan } from "./Plan.ts"
import { replayRun } from "./replayRun.ts"
import { waitsOf } from "./simulateCell.ts"

/** The measured runs, and the same runs simulated. */
export const replays = (measured: Measured, seed: number): Section => {
  const [one] = measured.runs
  return {
    title: "Measured and simulated runs",
    head: [
      "workers",
      "slots",
      "jobs",
      "measured s",
      "simulated s",
      "difference",
      "from one worker's times s",
    ],
    rows: measured.runs.map((run) => {
      const slots = run.workers * measured.slots
      const simulated = replayRun(run, slots, run, seed)
      return [
        String(run.workers),
        String(slots),
        String(run.attemptSeconds.length),
        number(run.wallSeconds, 1),
        number(simulated, 1),
        `${number(100 * (simulated / run.wallSeconds - 1), 1)} %`,
        number(replayRun(run, slots, one!, seed), 1),
      ]
    }),
    notes: [
      "The simulation knows how long jobs took in the run. The last column knows only how long they took with one worker, which is less if the machine was busier later",
    ],
  }
}

const seconds = (value: number): string => number(value, value < 10 ? 2 : 0)

/** Seconds of jobs that several groups of callers waited for a slot. */
const waitRow = (orderName: string, cells: ReadonlyArray<PlannedCell>, who: "backlog" | "others") => {
  const waits = cells
    .flatMap((cell) =>
      waitsOf(cell).filter((_, index) => (cell.jobs[index]!.caller === cell.largest) === (who === "backlog")),
    )
    .toSorted((a, b) => a - b)
  return [
    orderName,
    who === "backlog" ? "the caller of the backlog" : "all others",
    number(waits.length, 0),
    ...[0.5, 0.95, 0.99, 1].map((share) => seconds(percentile(waits, share))),
  ]
}

const orders = [
  { name: "first come, first served", order: fifo },
  { name: "fair", order: fair() },
]

/** Jobs per second. */
const ended = ({ endedAt, seconds }: PlannedCell): number =>
  endedAt.filter((at) => at <= seconds).length / seconds

/** The simulated day of a plan: waits by caller, and what each cell and all of them do. */
export const planned = (plan: Plan, measured: Measured, seed: number): ReadonlyArray<Section> => {
  const startSeconds = measured.runs[0]!.gapSeconds
  const runs = orders.map(({ name, order }) => ({
    name,
    cells: simulatePlan(plan, order, startSeconds, seed),
  }))
  const { cells } = runs.at(-1)!
  const fullest = cells.reduce((most, cell) => (cell.meanBusy > most.meanBusy ? cell : most))
  /** A figure of a cell: the sum of all cells, and that of the fullest one. */
  const row = (what: string, kind: string, of: (cell: PlannedCell) => number, digits = 0) => [
    what,
    kind,
    number(
      cells.reduce((sum, cell) => sum + of(cell), 0),
      digits,
    ),
    number(of(fullest), digits),
  ]
  const loads = {
    idle: { running: 0, jobsPerSecond: 0 },
    mean: { running: fullest.meanBusy, jobsPerSecond: ended(fullest) },
    "all slots busy": {
      running: fullest.peakBusy,
      jobsPerSecond: plan.databaseRate / plan.day.meanBytes,
    },
  }
  const { hash, table } = imbalances(plan)
  return [
    {
      title: "Waits for a slot, in seconds",
      head: ["order", "callers", "jobs", "median", "95 %", "99 %", "longest"],
      rows: runs.flatMap(({ cells, name }) => [
        waitRow(name, cells, "others"),
        waitRow(name, cells, "backlog"),
      ]),
      notes: [
        `${number(plan.cells * plan.workersPerCell, 0)} workers with ${plan.slots} slots in ${plan.cells} cells, ${number(plan.day.jobs, 0)} jobs a day; at noon, the largest caller of each cell posts ${number(plan.backlog, 0)} more at once`,
      ],
    },
    {
      title: "Throughput",
      head: ["what", "of", "all cells", "fullest cell"],
      rows: [
        row("ended jobs per second", "mean", ended, 2),
        row("MB per second", "mean", ({ meanRate }) => meanRate / 1e6),
        row("MB per second", "peak", ({ peakRate }) => peakRate / 1e6),
        row("busy slots", "mean", ({ meanBusy }) => meanBusy),
        row("busy slots", "peak", ({ peakBusy }) => peakBusy),
        row("waiting jobs", "mean", ({ meanWaiting }) => meanWaiting),
      ],
      notes: [
        `The database of a cell is assumed to take ${number(plan.databaseRate / 1e6, 0)} MB per second`,
        `Callers routed by a table give the fullest cell ${number(table, 2)} times the mean load, by a hash ${number(hash, 2)} times`,
      ],
    },
    {
      title: "Cost of a cell's database",
      head: ["moment", "workers", "running jobs", "connections", "statements per second"],
      rows: Object.entries(loads).map(([moment, load]) => {
        const { connections, statementsPerSecond } = costsOf(measured.costs, {
          apis: plan.apisPerCell,
          workers: plan.workersPerCell,
          ...load,
        })
        return [
          moment,
          String(plan.workersPerCell),
          number(load.running, 0),
          number(connections, 0),
          number(statementsPerSecond, 0),
        ]
      }),
      notes: [
        `One database for all ${number(plan.cells * plan.workersPerCell, 0)} workers would have ${plan.cells} times as many`,
      ],
    },
  ]
}
