import * as Effect from "effect/Effect"
import type { SchemaNotAllowed, TableNameTaken, TableOfOthers } from "../../Domain/job/Jobs.ts"
import type { TargetUnknown } from "../../Domain/load/columns/target/Targets.ts"
import { ofAnotherKey } from "../../Domain/load/columns/TableName.ts"
import type { CallbackRefused } from "../../Domain/job/webhook/CallbackPolicy.ts"
import * as Problem from "../contract/problems/Problems.ts"
import { invalidRequest } from "../http/input/RequestIssues.ts"
import { limitProblem } from "../http/limits/limitProblem.ts"
import type { Refusals } from "../http/log/Refusals.ts"

/** The problem for a name that no database for tables has. */
export const targetUnknown =
  (place: "body" | "query") =>
  ({ known, target }: TargetUnknown) =>
    Effect.fail(
      invalidRequest([
        {
          in: place,
          field: "target",
          message: `target must be one of the databases that the operator has declared in TARGET_DATABASES: ${known.join(", ")}. ${JSON.stringify(target)} is not`,
        },
      ]),
    )

/** The problems for reasons why the run of a source cannot be created, by their tags. */
export const runProblems = (refusals: Refusals["Service"]) => ({
  TableOfOthers: ({ table }: TableOfOthers) =>
    Effect.fail(new Problem.TableNameTaken({ table, detail: ofAnotherKey(table) })),
  SchemaNotAllowed: ({ schema }: SchemaNotAllowed) =>
    Effect.fail(
      invalidRequest([
        {
          in: "body",
          field: "schema",
          message: `schema must be one that the operator allows in TARGET_SCHEMAS, which ${JSON.stringify(schema)} is not`,
        },
      ]),
    ),
  TargetUnknown: targetUnknown("body"),
  LimitReached: limitProblem(refusals),
})

/** The problem for a receiver that is not allowed. */
export const callbackProblems = {
  CallbackRefused: ({ reason }: CallbackRefused) =>
    Effect.fail(invalidRequest([{ in: "body", field: "callbackUrl", message: `callbackUrl ${reason}` }])),
}

/** The same for a source with its first run. */
export const sourceProblems = (refusals: Refusals["Service"]) => ({
  ...runProblems(refusals),
  ...callbackProblems,
  IdempotencyKeyReused: () => Effect.fail(new Problem.IdempotencyKeyReused({})),
})

/** The same for any other job. */
export const creationProblems = (refusals: Refusals["Service"]) => ({
  ...sourceProblems(refusals),
  TableNameTaken: ({ table }: TableNameTaken) =>
    Effect.fail(
      new Problem.TableNameTaken({
        table,
        detail: `The table name ${table} is taken by a table or by an unfinished job. Choose another tableName, or give mode=append, replace or upsert to load into the table.`,
      }),
    ),
})
