import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Moment, Session, Trap } from "./DatabaseLine.ts"
import type { Replica } from "./Fleet.ts"
import type { Entry } from "./Ledger.ts"
import * as Random from "./Random.ts"
import type { SourceStep } from "./Source.ts"
import * as Steps from "./Steps.ts"
import { plainSpec } from "./Workload.ts"
import type { World } from "./World.ts"

/** What strikes at a step. A line cut after the server has done the step loses its answer. */
type Strike = "kill -9" | "cut" | "end backend" | "cancel" | "freeze past the lease"

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
  if (mode === "staged") return [...all, ...frozen]
  const atSource = sourceSteps.flatMap((step) =>
    (["kill -9", "cancel"] as const).map((strike): Case => ({
      mode: "source",
      step,
      moment: "before",
      strike,
    })),
  )
  return [...all, ...frozen, ...atSource]
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

const pollUntil = (condition: Effect.Effect<boolean>, limit: `${number} seconds`) =>
  Effect.repeat(condition, {
    until: (holds) => holds,
    schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: limit })),
  })

/** Runs one case with a job of its own, to the job's end. */
export const run = Effect.fnUntraced(function* (world: World, one: Case) {
  const { fleet, ledger, postgres, source } = world
  const spec = plainSpec(world.nextNumber(), 5000)
  const struck = yield* Deferred.make<void>()
  const background = world.inBackground

  const cancel = (entry: () => Entry | undefined) =>
    Effect.suspend(() => {
      const job = entry()
      return job === undefined ? Effect.void : Effect.asVoid(ledger.cancel(job))
    })

  const entryOf = () => {
    const id = ledger.idOf(spec.number)
    return id === undefined ? undefined : ledger.entries.get(id)
  }

  /** A cancel that waits for a lock of the very load that stands still here is answered later. */
  const cancelled = Effect.gen(function* () {
    const answered = yield* Deferred.make<void>()
    yield* pollUntil(
      Effect.sync(() => entryOf() !== undefined),
      "5 seconds",
    )
    yield* background(Effect.andThen(cancel(entryOf), Deferred.succeed(answered, undefined)))
    const isWaiting = Effect.map(
      postgres.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = 'sluice' and wait_event_type = 'Lock'`,
      ),
      (rows) => Deferred.isDoneUnsafe(answered) || (rows[0]?.n ?? 0) > 0 || entryOf()?.cancel === "answered",
    )
    yield* pollUntil(isWaiting, "5 seconds")
  })

  const frozen = (replica: Replica) =>
    Effect.gen(function* () {
      const id = ledger.idOf(spec.number)
      yield* replica.freeze
      const claimedAnew = Effect.map(
        postgres.query<{ again: boolean }>(
          `select retry_count > $2 or final_state is not null as again from sluice.job where id = $1`,
          [id, entryOf()?.retryCount ?? 0],
        ),
        (rows) => rows[0]?.again === true,
      )
      yield* pollUntil(claimedAnew, "16 seconds")
      yield* replica.thaw
    })

  const strike = (replica: Replica, session: Session | undefined): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* Deferred.succeed(struck, undefined)
      if (one.strike === "kill -9") {
        yield* replica.strikeDown
        ledger.lose("kill -9 of a worker", replica.name)
        yield* background(replica.revive)
        world.count("kill -9 of a worker")
      } else if (one.strike === "cut") {
        session?.connection.cut()
        world.count("database connection cut")
      } else if (one.strike === "end backend") {
        const pid = session?.backendPid ?? 0
        yield* postgres.query("select pg_terminate_backend($1::int)", [pid])
        const isGone = Effect.map(
          postgres.query("select 1 from pg_stat_activity where pid = $1::int", [pid]),
          (rows) => rows.length === 0,
        )
        yield* pollUntil(isGone, "5 seconds")
        world.count("backend ended")
      } else if (one.strike === "cancel") yield* cancelled
      else {
        ledger.lose("freeze past the lease", replica.name)
        world.count("freeze past the lease")
        yield* frozen(replica)
      }
    })

  const removals: Array<() => void> = []
  if (one.mode === "source") {
    const atSource = Effect.suspend(() => {
      const holder = fleet.workers.find(({ name }) => name === entryOf()?.holder) ?? fleet.workers[0]!
      return strike(holder, undefined)
    })
    source.set(spec.number, one.step as SourceStep, atSource)
  } else {
    const fits = Steps.byMode[one.mode].get(one.step)
    if (fits === undefined) return yield* Effect.die(new Error(`no step is called ${one.step}`))
    let isSet = true
    for (const replica of fleet.workers) {
      const set: Trap = Steps.trap(
        one.step,
        fits,
        one.moment,
        () => ledger.idOf(spec.number),
        (session) => {
          if (!isSet) return Effect.void
          isSet = false
          return strike(replica, session)
        },
      )
      removals.push(replica.line.set(set))
    }
  }
  const entry = yield* ledger.post(spec, world.url(yield* source.serve(spec)), true)
  const state = yield* Deferred.await(entry.ended).pipe(
    Effect.timeoutOrElse({ duration: "90 seconds", orElse: () => Effect.succeed("open") }),
  )
  for (const remove of removals) remove()
  const outcome: Outcome = {
    ...one,
    state: Deferred.isDoneUnsafe(struck) ? state : "never struck",
    attempts: entry.retryCount + 1,
  }
  return outcome
})
