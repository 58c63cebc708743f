import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { HttpApiBuilder } from "effect/http-api"
import { HealthReport } from "../../Domain/service/HealthSummary.ts"
import { Readiness, type ReadinessCheck } from "../../Domain/service/Readiness.ts"
import { withTimeout } from "../../Domain/service/withTimeout.ts"
import { prometheusText } from "../../Domain/telemetry/prometheusText.ts"
import { Api } from "../contract/Api.ts"
import { askDatabase } from "./askDatabase.ts"
import { NotFound, NotReady } from "../contract/problems/Problems.ts"
import { describeProblem, problemCodes } from "../contract/problems/ProblemDescription.ts"

/** Shorter than the timeout of most health checks (3 to 5 seconds). */
const checkTimeout = Duration.seconds(2)

const run = (check: ReadinessCheck) =>
  // In its own fiber, because a driver that waits for a connection cannot be interrupted.
  Effect.flatMap(Effect.forkDetach(check.check), Fiber.join).pipe(
    withTimeout(checkTimeout, `readiness of ${check.name}`),
    Effect.as("ok" as const),
    Effect.catchTag("ServiceUnavailable", (error) =>
      Effect.logWarning("not ready").pipe(
        Effect.annotateLogs({ check: check.name, reason: error.message }),
        Effect.as("unavailable" as const),
      ),
    ),
    Effect.map((result) => [check.name, result] as const),
  )

/** The handlers of health, metrics and the error reference. */
export const layerSystemHandlers = HttpApiBuilder.group(
  Api,
  "system",
  Effect.fnUntraced(function* (handlers) {
    const readiness = yield* Readiness
    const health = yield* HealthReport
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "live" } as const),
      ready: Effect.fnUntraced(function* () {
        const results = yield* Effect.forEach(readiness.checks, run, { concurrency: "unbounded" })
        const silent = results.filter(([, result]) => result === "unavailable").map(([name]) => name)
        if (silent.length > 0) {
          return yield* new NotReady({
            detail: `No response from: ${silent.join(", ")}. Try again after Retry-After seconds.`,
            checks: Object.fromEntries(results),
          })
        }
        return {
          status: "ready" as const,
          checks: Object.fromEntries(results.map(([name]) => [name, "ok" as const])),
        }
      }, Effect.withTracerEnabled(false)),
      summary: Effect.fn("SystemApi.summary")(() => askDatabase(health.read)),
      metrics: () => prometheusText,
      problem: Effect.fn("SystemApi.problem")(function* ({ params: { code } }) {
        const problem = describeProblem(code)
        return problem === undefined
          ? yield* new NotFound({
              detail: `No problem has this code. The codes are ${problemCodes.join(", ")}.`,
            })
          : problem
      }),
    })
  }),
)
