import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Moment, Session } from "./DatabaseLine.ts"
import type { Replica } from "./Fleet.ts"
import * as Random from "./Random.ts"
import type { SourceStep } from "./Source.ts"
import * as Steps from "./Steps.ts"
import { type Strike, strike, type StruckJob } from "./Strikes.ts"
import { plainSpec } from "./Workload.ts"
import type { World } from "./World.ts"

/** One fault at one step of one load. */
export interface Case {
  readonly mode: "direct" | "staged" | "source"
  readonly step: string
  readonly moment: Moment
  readonly strike: Strike
}

export interface Outcome extends Case {
  /** The job's final state; `never struck` when the step did not come, `open` when the job did not end. */
  readonly state: string
  readonly attempts: number
}

const sourceSteps: ReadonlyArray<SourceStep> = ["source open", "header", "mid body", "end of body"]
const frozenAt = ["begin record", "mid copy", "settle claim", "commit"]

/** Every step with every fault, in a fixed order. */
export const cases = (mode: "direct" | "staged"): ReadonlyArray<Case> => {
  const strikes = ["kill -9", "cut", "end backend", "cancel"] as const
  const steps = [...Steps.byMode[mode].keys()]
  const all = steps.flatMap((step) =>
    (["before", "after"] as const)
      // The answer to a piece of COPY data is that of the whole.
      .filter((moment) => moment === "before" || step !== "mid copy")
      .flatMap((moment) => strikes.map((strike): Case => ({ mode, step, moment, strike }))),
  )
  const frozen = frozenAt
    .filter((step) => steps.includes(step))
    .map((step): Case => ({ mode, step, moment: "before", strike: "freeze past the lease" }))
  const lost: Case = { mode, step: "mid copy", moment: "before", strike: "lose data" }
  if (mode === "staged") return [...all, ...frozen, lost]
  const atSource = sourceSteps.flatMap((step) =>
    (["kill -9", "cancel"] as const).map((strike): Case => ({
      mode: "source",
      step,
      moment: "before",
      strike,
    })),
  )
  return [...all, ...frozen, lost, ...atSource]
}

/** A share of the cases, another for each seed, and over enough seeds all of them. */
export const sample = (all: ReadonlyArray<Case>, seed: number, count: number): ReadonlyArray<Case> => {
  const random = Random.make(seed, "matrix")
  return all
    .map((one) => ({ one, order: random.next() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ one }) => one)
}

/** Runs one case with a job of its own, to the job's end. */
export const run = Effect.fnUntraced(function* (world: World, one: Case) {
  const { fleet, ledger, source } = world
  const spec = plainSpec(world.nextNumber(), 5000, 400)
  world.specs.set(spec.number, spec)
  const job: StruckJob = {
    id: () => ledger.idOf(spec.number),
    entry: () => ledger.entries.get(ledger.idOf(spec.number) ?? ""),
  }
  let isStruck = false
  const strikeOnce = (replica: Replica, session?: Session) =>
    Effect.suspend(() => {
      if (isStruck) return Effect.void
      isStruck = true
      return strike(world, one.strike, { replica, session, job })
    })

  const removals: Array<() => void> = []
  if (one.mode === "source") {
    const atSource = Effect.suspend(() => {
      const holder = fleet.workers.find(({ name }) => name === job.entry()?.holder) ?? fleet.workers[0]!
      return strikeOnce(holder)
    })
    source.set(spec.number, one.step as SourceStep, atSource)
  } else {
    const fits = Steps.byMode[one.mode].get(one.step)
    if (fits === undefined) return yield* Effect.die(new Error(`no step is called ${one.step}`))
    for (const replica of fleet.workers)
      removals.push(
        replica.line.set(
          Steps.trap(one.step, fits, {
            moment: one.moment,
            jobId: job.id,
            drops: one.strike === "lose data",
            strike: (session) => strikeOnce(replica, session),
          }),
        ),
      )
  }
  const entry = yield* ledger.post(spec, world.url(yield* source.serve(spec)), true)
  const state = yield* Deferred.await(entry.ended).pipe(
    Effect.timeoutOrElse({ duration: "90 seconds", orElse: () => Effect.succeed("open") }),
  )
  for (const remove of removals) remove()
  const outcome: Outcome = {
    ...one,
    state: isStruck ? state : "never struck",
    attempts: entry.retryCount + 1,
  }
  return outcome
})
