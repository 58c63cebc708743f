import * as Effect from "effect/Effect"
import type {
  CastFailed,
  QueryTooSlow,
  RowsRefused,
  TableAmbiguous,
  TableNotFound,
  TableNotReadable,
} from "../../../Domain/rows/Rows.ts"
import { targetUnknown } from "../creationProblems.ts"
import { invalidRequest } from "../../http/input/RequestIssues.ts"
import * as Problem from "../../contract/problems/Problems.ts"

const slowDetail = ({ columns, task }: QueryTooSlow): string => {
  if (task === "none") return "Reading the columns of the table took longer than 10 seconds. Try again later."
  if (task === "sample")
    return "Reading the columns of the table with their statistics took longer than 10 seconds. Give statistics=none, or try again later."
  if (task === "exact")
    return "Reading all rows for the statistics took longer than 10 seconds. Omit statistics=exact, which returns those of a sample."
  if (task === "count")
    return "Counting the rows took longer than 10 seconds. Omit count, or use count=estimated."
  const [first] = columns
  if (first === undefined)
    return "The database did not find the rows within 10 seconds. Give other filters, another order or fewer rows, or export the table."
  const names = columns.map((column) => JSON.stringify(column)).join(", ")
  return `The database did not find the rows within 10 seconds, because the table has no index on ${names}. Load the file with index=${first}, or filter by a column that has one.`
}

/** The problems for reasons why a table cannot be exported, by their tags. */
export const exportProblems = {
  TableNotFound: ({ name }: TableNotFound) =>
    Effect.fail(
      new Problem.TableNotFound({
        table: name,
        detail: `You have no table ${JSON.stringify(name)}. GET /tables lists yours.`,
      }),
    ),
  TableAmbiguous: ({ name, targets }: TableAmbiguous) =>
    Effect.fail(
      invalidRequest([
        {
          in: "query",
          field: "target",
          message: `target is missing: ${JSON.stringify(name)} is a table in each of the databases ${targets.join(", ")}. Give the name of one`,
        },
      ]),
    ),
  TargetUnknown: targetUnknown("query"),
  RowsRefused: ({ issues }: RowsRefused) =>
    Effect.fail(
      invalidRequest(
        issues.map(({ field, message }) => ({
          in: "query" as const,
          field,
          message: field === null ? message : `${field}: ${message}`,
        })),
      ),
    ),
  CastFailed: ({ message }: CastFailed) =>
    Effect.fail(
      new Problem.CastFailed({
        detail: `A value in the table cannot be cast: ${message}. Filter such values out first, or load the file with types=infer.`,
      }),
    ),
  QueryTooSlow: (slow: QueryTooSlow) =>
    Effect.fail(new Problem.QueryTooSlow({ columns: slow.columns, detail: slowDetail(slow) })),
  TableNotReadable: ({ who }: TableNotReadable) =>
    Effect.fail(
      new Problem.TableNotReadable(
        who === "service"
          ? {}
          : {
              detail:
                "Another program made the table, so it may have rows of others. Use a key with the scope admin to read it.",
            },
      ),
    ),
}

/** The same for a page of rows. */
export const rowsProblems = {
  ...exportProblems,
  RowsChanged: () => Effect.fail(new Problem.TableChanged({})),
}
