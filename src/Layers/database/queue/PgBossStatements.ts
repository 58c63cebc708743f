import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Db, JobAttempt } from "pg-boss"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"

/** The claim as pg-boss names it. It fences every settle. */
export const toAttempt = (claim: Claim): JobAttempt => ({ id: claim.jobId, retryCount: claim.retryCount })

/** The result of a pg-boss command, which its types declare as an empty interface. */
const CommandResult = Schema.Struct({ affected: Schema.Int, settled: Schema.Array(Schema.String) })
const decodeResult = Schema.decodeUnknownSync(CommandResult)

/** The number of jobs that a command changed. */
export const affected = (result: unknown): number => decodeResult(result).affected

/** The ids of the jobs that a command changed. */
export const settledIds = (result: unknown): ReadonlySet<string> => new Set(decodeResult(result).settled)

const isPlainObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** pg-boss passes objects for JSON parameters and expects the driver to serialise them, as pg does. */
const toParameter = (value: unknown): unknown => (isPlainObject(value) ? JSON.stringify(value) : value)

/**
 * Calls pg-boss with its statements on the calling fiber's transaction, or on the pool when there is none. An
 * interruption cancels the running statement, because on a dead connection the rollback would wait for it forever.
 *
 * @param operation named in failures
 */
export const joinTransaction = <A>(
  sql: SqlClient.SqlClient,
  operation: string,
  run: (db: Db) => Promise<A>,
): Effect.Effect<A, ServiceUnavailable> =>
  Effect.flatMap(Effect.context<never>(), (context) =>
    Effect.tryPromise({
      try: (signal) =>
        run({
          executeSql: async (text, values = []) => {
            const statement = sql.unsafe<Record<string, unknown>>(text, values.map(toParameter))
            return { rows: [...(await Effect.runPromiseWith(context)(statement, { signal }))] }
          },
        }),
      catch: (cause) => unavailable(operation, cause),
    }),
  )
