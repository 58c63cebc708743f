import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Db, JobAttempt } from "pg-boss"
import type { Claim } from "../../../Domain/job/Claim.ts"

/** The claim in pg-boss's spelling; it fences every settle. */
export const toAttempt = (claim: Claim): JobAttempt => ({ id: claim.jobId, retryCount: claim.retryCount })

/** pg-boss types its answers as an empty interface; this is what they hold. */
const Answer = Schema.Struct({ affected: Schema.Int, settled: Schema.Array(Schema.String) })
const decodeAnswer = Schema.decodeUnknownSync(Answer)

/** How many jobs a command changed. */
export const affected = (answer: unknown): number => decodeAnswer(answer).affected

/** The ids of the jobs a command reached. */
export const settledIds = (answer: unknown): ReadonlySet<string> => new Set(decodeAnswer(answer).settled)

const isPlainObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** pg-boss hands over objects where it means JSON, as node-postgres would serialise them. */
const toParameter = (value: unknown): unknown => (isPlainObject(value) ? JSON.stringify(value) : value)

/**
 * Calls pg-boss with its statements on the connection of the calling fiber's transaction; without one they run
 * on the pool. An interruption reaches the statement: a rollback would else wait behind one that is never
 * answered.
 *
 * @param failed what a rejection comes to
 */
export const joinTransaction = <A, E>(
  sql: SqlClient.SqlClient,
  run: (db: Db) => Promise<A>,
  failed: (cause: unknown) => E,
): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.context<never>(), (context) =>
    Effect.tryPromise({
      try: (signal) =>
        run({
          executeSql: async (text, values = []) => {
            const statement = sql.unsafe<Record<string, unknown>>(text, values.map(toParameter))
            return { rows: [...(await Effect.runPromiseWith(context)(statement, { signal }))] }
          },
        }),
      catch: failed,
    }),
  )
