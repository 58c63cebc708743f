import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { HttpApiBuilder } from "effect/http-api"
import { PrometheusMetrics } from "effect/observability"
import { Readiness, type ReadinessCheck } from "../../Domain/service/Readiness.ts"
import { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { Api } from "../contract/Api.ts"
import { isProblemCode, problemCatalog, problemType } from "../contract/ProblemCatalog.ts"
import { NotFound, NotReady } from "../contract/Problems.ts"

/** Shorter than the usual time limit of those who ask (Kubernetes: 1 s by default, often 3 s or 5 s). */
const checkTimeout = Duration.seconds(2)

const ask = (check: ReadinessCheck) =>
  // In a fiber of its own: a driver that is waiting for a connection cannot be interrupted.
  Effect.flatMap(Effect.forkDetach(check.check), Fiber.join).pipe(
    Effect.timeoutOrElse({
      duration: checkTimeout,
      orElse: () =>
        Effect.fail(
          new ServiceUnavailable({
            operation: `readiness of ${check.name}`,
            message: `no answer within ${Duration.format(checkTimeout)}`,
          }),
        ),
    }),
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
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "live" } as const),
      ready: Effect.fn("SystemApi.ready")(function* () {
        const results = yield* Effect.forEach(readiness.checks, ask, { concurrency: "unbounded" })
        const silent = results.filter(([, result]) => result === "unavailable").map(([name]) => name)
        if (silent.length > 0) {
          return yield* new NotReady({
            detail: `No answer from: ${silent.join(", ")}.`,
            checks: Object.fromEntries(results),
          })
        }
        return {
          status: "ready" as const,
          checks: Object.fromEntries(results.map(([name]) => [name, "ok" as const])),
        }
      }),
      metrics: () => PrometheusMetrics.format(),
      problem: Effect.fn("SystemApi.problem")(function* ({ params: { code } }) {
        if (!isProblemCode(code)) {
          return yield* new NotFound({
            detail: `No problem has this code. Known: ${Object.keys(problemCatalog).join(", ")}.`,
          })
        }
        return { type: problemType(code), code, ...problemCatalog[code] }
      }),
    })
  }),
)
