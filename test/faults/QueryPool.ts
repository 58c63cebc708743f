import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Pool, type QueryResultRow } from "pg"

/** Runs a statement. Waits while the server is down. */
export type Query = <Row extends QueryResultRow>(
  text: string,
  values?: ReadonlyArray<unknown>,
) => Effect.Effect<ReadonlyArray<Row>>

/** A statement of the suite failed. */
class QueryFailed extends Data.TaggedError("QueryFailed")<{ readonly cause: unknown }> {}

/** Whether the cause is the server, not the statement. */
const isOutage = (cause: unknown): boolean => {
  if (!(cause instanceof Error)) return false
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : ""
  return (
    /^(?:57P|08|ECONN|EPIPE|53300)/.test(code) ||
    /terminated|timeout|closed|not queryable/i.test(cause.message)
  )
}

/** Opens connections of the suite to a database. They close with the scope. */
export const make = Effect.fnUntraced(function* (url: string) {
  const pool = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const pool = new Pool({
        connectionString: url,
        application_name: "faults",
        connectionTimeoutMillis: 3000,
        query_timeout: 60_000,
        max: 6,
      })
      // A running query reports the failure too.
      pool.on("error", () => {})
      return pool
    }),
    (pool) => Effect.promise(() => pool.end()),
  )
  const query: Query = <Row extends QueryResultRow>(text: string, values: ReadonlyArray<unknown> = []) =>
    Effect.tryPromise({
      try: async () => (await pool.query<Row>(text, [...values])).rows,
      catch: (cause) => new QueryFailed({ cause }),
    }).pipe(
      Effect.retry({
        while: ({ cause }) => isOutage(cause),
        schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "60 seconds" })),
      }),
      Effect.orDie,
    )
  return query
})
