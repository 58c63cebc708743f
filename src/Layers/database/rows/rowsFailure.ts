import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import {
  CastFailed,
  QueryTooSlow,
  RowsRefused,
  TableNotFound,
  TableNotReadable,
} from "../../../Domain/rows/Rows.ts"
import { columnsOf } from "../../../Domain/rows/RowFilter.ts"
import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import type { RowsRequest } from "../../../Domain/rows/RowsRequest.ts"
import { causeChain, messageOf } from "../../process/describeFailure.ts"
import {
  failureCode,
  insufficientPrivilege,
  isOfTheStatement,
  queryCanceled,
  unavailable,
} from "../postgres/DatabaseFailure.ts"
import type { StatementValue } from "./StatementValues.ts"
import type { TableShape } from "./TableShape.ts"

/** SQLSTATEs of Postgres's documentation, Appendix A. */
const undefinedTable = "42P01"
const lockNotAvailable = "55P03"
/** `data_exception`: a value that is none of its type. */
const ofData = /^22/
/** There is no such operator, or it is not for these types; the statement is too complex. */
const ofOperators = /^(?:42883|42804|42725|42846|42P22|54...)$/

/** The columns of a request that no index of the table begins with. */
const unindexed = ({ filters, order }: RowsRequest, { indexed }: TableShape): ReadonlyArray<string> =>
  [...new Set([...filters.flatMap(columnsOf), ...order.map(({ column }) => column)])].filter(
    (column) => !indexed.includes(column),
  )

const shown = (value: StatementValue["value"]): string =>
  JSON.stringify(typeof value === "string" ? value : value.join(",")).slice(0, 60)

/** The value that is none of its type; `undefined` if all are, so that one in the table is meant. */
const findInvalid = (sql: SqlClient.SqlClient, values: ReadonlyArray<StatementValue>) =>
  Effect.gen(function* () {
    for (const given of values) {
      const isValid = yield* sql.unsafe(`select $1::${given.type}`, [given.value]).pipe(
        Effect.as(true),
        Effect.catchIf(
          (error) => isSqlError(error) && ofData.test(failureCode(error) ?? ""),
          () => Effect.succeed(false),
        ),
      )
      if (!isValid) return given
    }
    return undefined
  })

/** What a statement was about, to explain its failure. */
export interface RowsStatement {
  readonly name: string
  readonly request: RowsRequest
  readonly shape: TableShape | undefined
  readonly values: ReadonlyArray<StatementValue>
  readonly task: QueryTooSlow["task"]
}

/** Fails with what the caller can do about a failure of the database. */
export const explain = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  error: unknown,
  { name, request, shape, task, values }: RowsStatement,
) {
  const code = failureCode(error) ?? ""
  const message = messageOf(causeChain(error).at(-1))
  if (code === queryCanceled)
    return yield* new QueryTooSlow({
      columns: shape === undefined ? [] : unindexed(request, shape),
      task,
    })
  if (code === lockNotAvailable)
    return yield* new ServiceUnavailable({
      operation: "read rows",
      message,
      detail: "Another transaction locks the table. Try again after Retry-After seconds.",
    })
  if (code === undefinedTable) return yield* new TableNotFound({ name })
  if (code === insufficientPrivilege) return yield* new TableNotReadable({ who: "service" })
  if (ofData.test(code)) {
    const invalid = yield* findInvalid(sql, values)
    if (invalid === undefined) return yield* new CastFailed({ message })
    return yield* RowsRefused.of({
      field: invalid.field,
      message: `${shown(invalid.value)} is no value of the type ${invalid.type}`,
    })
  }
  if (ofOperators.test(code)) return yield* RowsRefused.of({ field: null, message })
  return isOfTheStatement(error) ? yield* Effect.die(error) : yield* unavailable("read rows", error)
})

/** Turns the failure of a statement into what the caller can do about it. */
export const orRowsFailure =
  (sql: SqlClient.SqlClient, statement: () => RowsStatement) =>
  <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
    Effect.catchIf(effect, isSqlError, (error) =>
      Effect.catchIf(explain(sql, error, statement()), isSqlError, (other) =>
        Effect.fail(unavailable("read rows", other)),
      ),
    )
