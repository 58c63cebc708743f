import { writeFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { render } from "./Report.ts"
import { run } from "./Run.ts"

const usage = `npm run test:faults -- [--minutes N] [--seed S] [--cases N] [--steps TEXT] [--jobs N] [--apart] [--json FILE]

  --minutes  duration of the random schedule, which runs after the matrix of steps (2)
  --seed     an integer (random, and printed)
  --cases    number of cases of the matrix in each mode (all)
  --steps    only the steps of the matrix whose name contains this text (all)
  --apart    the tables are on a second server; without the matrix, whose steps are those of one transaction
  --jobs     limit of concurrent jobs (32)
  --drain    seconds for the remaining jobs to end when all faults are over (360)
  --json     also writes all figures to this file`

/** The run found violations, or could not start. */
class RunFailed extends Data.TaggedError("RunFailed")<{ readonly message: string }> {}

const options = Effect.try({
  try: () => {
    const { values } = parseArgs({
      options: {
        minutes: { type: "string", default: "2" },
        seed: { type: "string", default: String(Math.trunc(Math.random() * 1_000_000)) },
        cases: { type: "string" },
        steps: { type: "string" },
        apart: { type: "boolean", default: false },
        jobs: { type: "string", default: "32" },
        drain: { type: "string", default: "360" },
        json: { type: "string" },
      },
    })
    const numbers = [values.minutes, values.seed, values.jobs, values.drain, values.cases ?? "0"].map(Number)
    if (numbers.some((number) => Number.isNaN(number))) throw new TypeError("not a number")
    return values
  },
  catch: (cause) => new RunFailed({ message: `${String(cause)}\n\n${usage}` }),
})

const program = Effect.gen(function* () {
  const { apart, cases, drain, jobs, json, minutes, seed, steps } = yield* options
  yield* Effect.logInfo(`seed ${seed}, ${minutes} minutes`)
  const result = yield* run({
    seed: Number(seed),
    millis: Number(minutes) * 60_000,
    ...(cases === undefined ? {} : { cases: Number(cases) }),
    ...(steps === undefined ? {} : { steps }),
    isApart: apart,
    jobsAtOnce: Number(jobs),
    drainMillis: Number(drain) * 1000,
  })
  yield* Console.log(render(result))
  if (json !== undefined) yield* Effect.promise(() => writeFile(json, JSON.stringify(result, null, 2)))
  if (result.violations.length > 0)
    return yield* new RunFailed({ message: `${result.violations.length} violations, seed ${seed}` })
})

/** Logs progress to standard error, so that standard output has only the report. */
const progress = Logger.withConsoleError(
  Logger.make(({ cause, date, message }) => {
    const why = cause.reasons.length === 0 ? "" : `: ${Cause.pretty(cause)}`
    return `${date.toISOString().slice(11, 19)} ${String(message)}${why}`
  }),
)

program.pipe(
  Effect.tapCause((cause) => Console.error(Cause.pretty(cause))),
  Effect.provide(Logger.layer([progress])),
  (effect) => NodeRuntime.runMain(effect, { disableErrorReporting: true }),
)
