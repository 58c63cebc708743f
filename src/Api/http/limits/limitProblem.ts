import * as Effect from "effect/Effect"
import type { LimitReached, LimitName } from "../../../Domain/service/Limits.ts"
import { HttpServerResponse, ProblemDetails } from "effect/http"
import { problemBody } from "../../contract/problemCatalog.ts"
import * as Problem from "../../contract/Problems.ts"
import type { Refusals } from "../log/Refusals.ts"

const used: Readonly<Record<LimitName, string>> = {
  requests_per_second: "sent as many requests as one second allows",
  previews: "as many previews running as are allowed at a time",
  unfinished_jobs: "as many jobs waiting and running as are allowed",
  bytes_per_day: "received as many bytes as 24 hours allow",
}

const detailOf = ({ limit, retryAfter, scope }: LimitReached): string => {
  const who = scope === "caller" ? "You have" : "All callers together have"
  return `${who} ${used[limit]}. Try again in ${retryAfter} s.`
}

/** The problem for a limit that is reached, counted and logged as a refusal. */
export const limitProblem = (refusals: Refusals["Service"]) => (reached: LimitReached) => {
  const { limit, retryAfter, scope } = reached
  return Effect.andThen(
    refusals.record(limit),
    Effect.fail(new Problem.LimitReached({ limit, scope, retryAfter, detail: detailOf(reached) })),
  )
}

/** The same as a response. */
export const limitResponse = (refusals: Refusals["Service"], reached: LimitReached) => {
  const { limit, retryAfter, scope } = reached
  const body = { ...problemBody("limit_reached", detailOf(reached)), limit, scope, retryAfter }
  return Effect.as(
    refusals.record(limit),
    HttpServerResponse.setHeader(ProblemDetails.toResponse(body), "retry-after", String(retryAfter)),
  )
}
