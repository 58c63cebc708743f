/**
 * Simulates measured runs, and a fleet that is too large to measure:
 *
 *   npm run bench:simulate -- [--measure] [--seed N]
 *
 * With `--measure` it first measures the real service again, for four minutes, and stores the figures in measured.json.
 */
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"
import { render } from "../Report.ts"
import { measure } from "./measure.ts"
import { readMeasured } from "./Measured.ts"
import { million } from "./Plan.ts"
import { planned, replays } from "./sections.ts"

const { values } = parseArgs({
  options: { measure: { type: "boolean", default: false }, seed: { type: "string", default: "1" } },
})
const seed = Number(values.seed)

Effect.gen(function* () {
  if (values.measure) yield* measure
  const measured = yield* attempt("read the measured figures", readMeasured)
  yield* Console.log(
    render(`Simulation, seed ${seed}`, measured.machine, [
      replays(measured, seed),
      ...planned(million, measured, seed),
    ]),
  )
}).pipe(NodeRuntime.runMain)
