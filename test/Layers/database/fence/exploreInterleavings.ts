import { type FenceRow, transitions } from "./fenceModel.ts"

/** Attempts of the job that is explored. */
const attempts = [0, 1, 2] as const

/** The next step of an attempt. A paused one takes it at any later time, and a dead one never. */
type AttemptStep =
  | "claim"
  | "raise"
  /** Commits its table, if the fence allows it. */
  | "finish"
  /** Completes the queue, after the commit. */
  | "settle"
  /** Ends the job in the queue as cancelled, because the fence says so. */
  | "settleCancelled"
  /** Gives up for good. */
  | "revoke"
  | "fail"
  | "none"

type CancelStep = "cancel" | "cancelQueue" | "settle" | "none"

interface World {
  readonly row: FenceRow | null
  readonly tables: number
  readonly queue: "waiting" | "active" | "completed" | "cancelled" | "failed"
  /** Of the latest claim. */
  readonly retryCount: number
  readonly steps: ReadonlyArray<AttemptStep>
  readonly cancelStep: CancelStep
  /** The response to the cancel. */
  readonly response: 200 | 409 | null
}

const start: World = {
  row: null,
  tables: 0,
  queue: "waiting",
  retryCount: -1,
  steps: ["claim", "claim", "claim"],
  cancelStep: "cancel",
  response: null,
}

const hasEnded = ({ queue }: World): boolean => queue !== "waiting" && queue !== "active"

const holds = ({ queue, retryCount }: World, attempt: number): boolean =>
  queue === "active" && retryCount === attempt

const withStep = (world: World, attempt: number, step: AttemptStep): World => ({
  ...world,
  steps: world.steps.map((before, index) => (index === attempt ? step : before)),
})

/** The ends that the queue may take over from the fence, whatever its state. */
const settled = (world: World, queue: "completed" | "cancelled"): World =>
  hasEnded(world) ? world : { ...world, queue }

/** What an attempt can do next, besides pausing and dying. */
const attemptMoves = (world: World, n: number, hasRow: boolean): ReadonlyArray<World> => {
  const to = (changes: Partial<World>, step: AttemptStep) => withStep({ ...world, ...changes }, n, step)
  const afterRow = (row: FenceRow | null, next: AttemptStep): World =>
    to({ row }, row?.state === "done" ? "settle" : row?.state === "cancelled" ? "settleCancelled" : next)
  switch (world.steps[n]) {
    case "claim":
      return world.queue === "waiting" && world.retryCount === n - 1
        ? [to({ queue: "active", retryCount: n }, hasRow ? "raise" : "finish")]
        : []
    case "raise": {
      const { row } = transitions.raise(world.row, n)
      return [row.state === null && row.epoch > n ? to({ row }, "none") : afterRow(row, "finish")]
    }
    case "finish": {
      // A bad file, or a lost connection, whose outcome the worker does not know, may follow.
      const failing = to({}, hasRow ? "revoke" : "fail")
      if (!hasRow) return [to({ tables: world.tables + 1 }, "settle"), failing]
      const { found, row } = transitions.finish(world.row, n)
      if (found === null) return [to({}, "none"), failing]
      const committed = { row, tables: world.tables + 1 }
      return [to(committed, "settle"), to(committed, "revoke"), failing]
    }
    case "settle":
      return [withStep(hasRow || holds(world, n) ? settled(world, "completed") : world, n, "none")]
    case "settleCancelled":
      return [withStep(settled(world, "cancelled"), n, "none")]
    case "revoke":
      return [afterRow(transitions.revoke(world.row, n).row, "fail")]
    case "fail":
      return [to(holds(world, n) ? { queue: "failed" } : {}, "none")]
    default:
      return []
  }
}

/** What the request to cancel does next. Without the row, only the queue is asked. */
const cancelMoves = (world: World, hasRow: boolean): ReadonlyArray<World> => {
  switch (world.cancelStep) {
    case "cancel": {
      if (!hasRow) return [{ ...world, cancelStep: "cancelQueue" }]
      const { row } = transitions.cancel(world.row)
      return [{ ...world, row, cancelStep: row.state === "done" ? "settle" : "cancelQueue" }]
    }
    case "cancelQueue":
      return [
        hasEnded(world)
          ? { ...world, cancelStep: "none", response: world.queue === "cancelled" ? 200 : 409 }
          : { ...world, queue: "cancelled", cancelStep: "none", response: 200 },
      ]
    case "settle":
      return [{ ...settled(world, "completed"), cancelStep: "none", response: 409 }]
    case "none":
      return []
  }
}

/** What others do: the queue takes a claim away, although its holder may live, and the sweep settles what the fence has decided. */
const otherMoves = (world: World, hasRow: boolean): ReadonlyArray<World> => [
  ...(world.queue === "active" && world.retryCount < attempts.length - 1
    ? [{ ...world, queue: "waiting" as const }]
    : []),
  ...(hasRow && world.row?.state === "done" ? [settled(world, "completed")] : []),
  ...(hasRow && world.row?.state === "cancelled" ? [settled(world, "cancelled")] : []),
]

/** What must never be. */
const violationOf = ({ queue, response, tables }: World): string | null => {
  if (tables > 1) return "two tables"
  if (queue === "cancelled" && tables > 0) return "cancelled, yet a table"
  if (queue === "failed" && tables > 0) return "failed, yet a table"
  if (queue === "completed" && tables === 0) return "completed without a table"
  if (response === 200 && tables > 0) return "200 for a cancel, yet a table"
  return null
}

/** What every state must be able to reach, or be, once all actors have stopped and the sweep has run. */
const isSettled = (world: World): boolean => {
  const last = otherMoves(world, true).find(hasEnded) ?? world
  return (
    (last.row?.state ?? null) === null ||
    (hasEnded(last) && (last.row?.state !== "done" || last.queue === "completed"))
  )
}

/**
 * Explores all interleavings of three attempts of a job, each of which may pause or die at every step, with a cancel, whose process
 * may die as well. To die is to take no further step, so it needs no move: every state is examined as if nothing but the sweep
 * followed.
 *
 * @param hasRow whether the database of the tables has the fence's row
 */
export const exploreInterleavings = (hasRow: boolean) => {
  const seen = new Set<string>()
  const violations = new Map<string, number>()
  const unsettled: Array<World> = []
  const queued = [start]
  for (let world = queued.pop(); world !== undefined; world = queued.pop()) {
    const key = JSON.stringify(world)
    if (seen.has(key)) continue
    seen.add(key)
    const violation = violationOf(world)
    if (violation !== null) violations.set(violation, (violations.get(violation) ?? 0) + 1)
    if (hasRow && !isSettled(world)) unsettled.push(world)
    queued.push(
      ...attempts.flatMap((attempt) => attemptMoves(world, attempt, hasRow)),
      ...cancelMoves(world, hasRow),
      ...otherMoves(world, hasRow),
    )
  }
  return { states: seen.size, violations: Object.fromEntries(violations), unsettled }
}
