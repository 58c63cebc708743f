/**
 * Replaces the database's leader under load: killed, switched over, with and without a proxy, and with a standby that lags.
 *
 *   npm run test:failover -- [--only TEXT] [--seed N] [--logs FOLDER]
 *
 * Needs Debian's Patroni, etcd, HAProxy and Postgres. Not in the gate.
 */
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Cluster from "./Cluster.ts"
import { failovers } from "./Failover.ts"
import { type Outcome, runFailover } from "./runFailover.ts"

class FailoverFailed extends Data.TaggedError("FailoverFailed")<{ readonly message: string }> {}

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    logs: { type: "string" },
  },
})

const rowOf = (outcome: Outcome): string =>
  `| ${[
    outcome.name,
    outcome.posted,
    outcome.completed,
    outcome.lost,
    outcome.furtherAttempts,
    outcome.longestPost.toFixed(1),
    outcome.repeatedPosts,
    outcome.violations.length,
  ].join(" | ")} |`

const head = `| case | jobs accepted | completed, rows right | lost | further attempts | longest POST, s | repeated POSTs | violations |
| --- | --: | --: | --: | --: | --: | --: | --: |`

Effect.gen(function* () {
  const start = yield* Clock.currentTimeMillis
  const cluster = yield* Cluster.start
  const outcomes: Array<Outcome> = []
  for (const failover of failovers.filter(({ name }) => name.includes(values.only))) {
    const outcome = yield* runFailover(cluster, failover, {
      seed: Number(values.seed),
      logs: values.logs,
    })
    outcomes.push(outcome)
    yield* Console.error(rowOf(outcome))
    for (const { detail, jobId, rule } of outcome.violations) yield* Console.error(rule, jobId, detail)
  }
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
  yield* Console.log(`${head}\n${outcomes.map(rowOf).join("\n")}\n\n${seconds.toFixed(0)} s`)
  const violations = outcomes.flatMap(({ violations }) => violations)
  if (violations.length > 0) return yield* new FailoverFailed({ message: `${violations.length} violations` })
}).pipe(
  Effect.scoped,
  Effect.tapCause((cause) => Console.error(Cause.pretty(cause))),
  (effect) => NodeRuntime.runMain(effect, { disableErrorReporting: true }),
)
