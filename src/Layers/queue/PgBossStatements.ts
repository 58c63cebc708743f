import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Db, JobAttempt } from "pg-boss"
import type { Claim } from "../../Domain/Claim.ts"

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
 * Lets pg-boss run its statements on the connection of the calling fiber's transaction; without one they run
 * on the pool.
 */
export const joinTransaction = (sql: SqlClient.SqlClient): Effect.Effect<Db> =>
  Effect.map(Effect.context<never>(), (context) => ({
    executeSql: async (text, values = []) => {
      const rows = await Effect.runPromiseWith(context)(
        sql.unsafe<Record<string, unknown>>(text, values.map(toParameter)),
      )
      return { rows: [...rows] }
    },
  }))
