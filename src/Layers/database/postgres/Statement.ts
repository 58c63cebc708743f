import type * as SqlClient from "effect/sql/SqlClient"

/** One SQL statement that both kinds of connection can run: the SQL client's and a load's own. */
export interface Statement {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** A statement from a template: each value becomes a parameter (`$1`, `$2`, …). */
export const statement = (parts: TemplateStringsArray, ...parameters: ReadonlyArray<unknown>): Statement => ({
  text: parts.reduce((text, part, index) => `${text}$${index}${part}`),
  parameters,
})

/** Runs the statement in the calling fiber's transaction, or on the pool when there is none. */
export const run = (sql: SqlClient.SqlClient, { parameters, text }: Statement) =>
  sql.unsafe<Record<string, unknown>>(text, parameters)
