import * as Effect from "effect/Effect"
import type { SchemaNotAllowed, TableNameTaken } from "../../Domain/job/Jobs.ts"
import type { CallbackRefused } from "../../Domain/job/webhook/CallbackPolicy.ts"
import * as Problem from "../contract/problems/Problems.ts"
import { invalidRequest } from "../http/input/RequestIssues.ts"
import { limitProblem } from "../http/limits/limitProblem.ts"
import type { Refusals } from "../http/log/Refusals.ts"
import { schemaNotAllowed, tableNameTaken } from "./refusedJobs.ts"

/** The problems for reasons why a job cannot be created, by their tags. */
export const creationProblems = (refusals: Refusals["Service"]) => ({
  TableNameTaken: (taken: TableNameTaken) => Effect.fail(tableNameTaken(taken)),
  SchemaNotAllowed: (refused: SchemaNotAllowed) => Effect.fail(schemaNotAllowed(refused)),
  CallbackRefused: ({ reason }: CallbackRefused) =>
    Effect.fail(invalidRequest([{ in: "body", field: "callbackUrl", message: `callbackUrl ${reason}` }])),
  LimitReached: limitProblem(refusals),
  IdempotencyKeyReused: () => Effect.fail(new Problem.IdempotencyKeyReused({})),
})
