import * as Effect from "effect/Effect"
import { HttpServerRespondable, HttpServerResponse } from "effect/http"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import type { LimitName, LimitReached, Limits } from "../../../Domain/service/Limits.ts"
import * as Problem from "../../contract/problems/Problems.ts"
import type { Refusals } from "../log/Refusals.ts"

const used: Readonly<Record<LimitName, string>> = {
  requests_per_second: "sent as many requests as one second allows",
  previews: "as many previews running as are allowed at a time",
  uploads: "as many uploads running as are allowed at a time",
  unfinished_jobs: "as many jobs waiting and running as are allowed",
  event_streams: "opened as many streams of events as are allowed at a time",
  table_reads: "as many requests for rows and details of tables running as are allowed at a time",
  exports: "as many exports running as are allowed at a time",
  sources: "as many sources as are allowed",
  source_host:
    "as many files of this host being read as are allowed at a time, or it asked for fewer requests",
  bytes_per_day: "received as many bytes as 24 hours allow",
}

const detailOf = ({ limit, retryAfter, scope }: LimitReached): string => {
  const who = scope === "caller" ? "You have" : "All callers together have"
  return `${who} ${used[limit]}. Try again in ${retryAfter} s.`
}

const problemOf = (reached: LimitReached) => {
  const { limit, retryAfter, scope } = reached
  return new Problem.LimitReached({ limit, scope, retryAfter, detail: detailOf(reached) })
}

/** The problem for a limit that is reached, counted and logged as a refusal. */
export const limitProblem = (refusals: Refusals["Service"]) => (reached: LimitReached) =>
  Effect.andThen(refusals.record(reached.limit), Effect.fail(problemOf(reached)))

/** Counts a request by `enter`, or fails with the problem. */
export const withinLimit =
  (refusals: Refusals["Service"]) =>
  <R>(enter: Effect.Effect<void, LimitReached, R>) =>
    Effect.catchTag(enter, "LimitReached", limitProblem(refusals))

/** Counts a request of this caller. Returns the response to it if it is one too many. */
export const countRequest = (
  limits: (typeof Limits)["Service"],
  refusals: Refusals["Service"],
  caller: CallerId,
) =>
  limits.request(caller).pipe(
    Effect.as(undefined),
    Effect.catchTag("LimitReached", (reached) =>
      Effect.andThen(
        refusals.record(reached.limit),
        HttpServerRespondable.toResponse(problemOf(reached)),
      ).pipe(Effect.map(HttpServerResponse.setHeader("retry-after", String(reached.retryAfter)))),
    ),
  )
