import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Moment, Session } from "./PostgresProxy.ts"
import type { Replica } from "./Fleet.ts"
import * as Random from "./Random.ts"
import type { SourceStep } from "./Source.ts"
import * as Steps from "./Steps.ts"
import { injectAtStep, type StepFault, type TargetJob } from "./stepFaults.ts"
import { plainSpec, type Spec } from "./Workload.ts"
import type { RunContext } from "./RunContext.ts"

/** One fault at one step of one load. */
export interface Case {
  readonly mode: Steps.LoadKind | "source"
  readonly step: string
  readonly moment: Moment
  readonly fault: StepFault
}

export interface Outcome extends Case {
  /** The job's final state; `no fault injected` if the step did not occur, `open` if the job did not end. */
  readonly state: string
  readonly attempts: number
}

const sourceSteps: ReadonlyArray<SourceStep> = ["source open", "header", "mid body", "end of body"]
const freezeSteps = ["begin record", "mid copy", "settle and commit"]

/** Every fault at every step, in a fixed order. */
export const cases = (mode: Steps.LoadKind): ReadonlyArray<Case> => {
  const faults = ["kill -9", "cut", "end backend", "cancel"] as const
  const steps = [...Steps.byMode[mode].keys()]
  const all = steps.flatMap((step) =>
    (["before", "after"] as const)
      // Single messages of COPY data have no response.
      .filter((moment) => moment === "before" || step !== "mid copy")
      .flatMap((moment) => faults.map((fault): Case => ({ mode, step, moment, fault }))),
  )
  const frozen = freezeSteps
    .filter((step) => steps.includes(step))
    .map((step): Case => ({ mode, step, moment: "before", fault: "freeze past the lease" }))
  const lost: Case = { mode, step: "mid copy", moment: "before", fault: "lose data" }
  if (mode === "upsert") return [...all, ...frozen]
  if (mode !== "direct") return [...all, ...frozen, lost]
  const atSource = sourceSteps.flatMap((step) =>
    (["kill -9", "cancel"] as const).map((fault): Case => ({
      mode: "source",
      step,
      moment: "before",
      fault,
    })),
  )
  return [...all, ...frozen, lost, ...atSource]
}

/** A random sample of the cases, by seed. */
export const sample = (all: ReadonlyArray<Case>, seed: number, count: number): ReadonlyArray<Case> => {
  const random = Random.make(seed, "matrix")
  return all
    .map((one) => ({ one, order: random.next() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ one }) => one)
}

/** A file whose load has the step. The first megabyte of rows decides the types, so a column widens only after it. */
const specFor = ({ mode, step }: Case, number: number): Spec => {
  if (step === Steps.widenColumn) return { ...plainSpec(number, 30_000), widensAt: 29_000 }
  const spec = plainSpec(number, 5000, 400)
  return mode === "append" || mode === "upsert" ? { ...spec, mode, table: `existing_${number}` } : spec
}

/** Runs one case with its own job until the job ends. */
export const run = Effect.fnUntraced(function* (context: RunContext, one: Case) {
  const { fleet, tracker, source } = context
  const spec = specFor(one, context.nextNumber())
  context.specs.set(spec.number, spec)
  const job: TargetJob = {
    id: () => tracker.idOf(spec.number),
    entry: () => tracker.entries.get(tracker.idOf(spec.number) ?? ""),
  }
  let isInjected = false
  const injectOnce = (replica: Replica, session?: Session) =>
    Effect.suspend(() => {
      if (isInjected) return Effect.void
      isInjected = true
      return injectAtStep(context, one.fault, { replica, session, job })
    })

  const removals: Array<() => void> = []
  if (one.mode === "source") {
    const atSource = Effect.suspend(() => {
      const holder = fleet.workers.find(({ name }) => name === job.entry()?.holder) ?? fleet.workers[0]!
      return injectOnce(holder)
    })
    source.set(spec.number, one.step as SourceStep, atSource)
  } else {
    const matches = Steps.byMode[one.mode].get(one.step)
    if (matches === undefined) return yield* Effect.die(new Error(`there is no step ${one.step}`))
    for (const replica of fleet.workers)
      removals.push(
        replica.proxy.set(
          Steps.trap(one.step, matches, {
            moment: one.moment,
            jobId: job.id,
            drops: one.fault === "lose data",
            inject: (session) => injectOnce(replica, session),
          }),
        ),
      )
  }
  if (spec.table !== null)
    yield* context.postgres.query(
      `create table ${spec.table} (id text, name text, "say ""hi""" text, note text, primary key (name, id))`,
    )
  const entry = yield* tracker.post(spec, context.url(yield* source.serve(spec), spec.number), true)
  const state = yield* Deferred.await(entry.ended).pipe(
    Effect.timeoutOrElse({ duration: "90 seconds", orElse: () => Effect.succeed("open") }),
  )
  for (const remove of removals) remove()
  const outcome: Outcome = {
    ...one,
    state: isInjected ? state : "no fault injected",
    attempts: entry.retryCount + 1,
  }
  return outcome
})
