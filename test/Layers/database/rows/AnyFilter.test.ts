import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { randomUUID } from "node:crypto"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { quoteIdentifier, quoteLiteral } from "../../../../src/Domain/load/columns/SqlIdentifier.ts"
import { type RowPlace, Rows } from "../../../../src/Domain/rows/Rows.ts"
import { parseRowsRequest } from "../../../../src/Domain/rows/RowsRequest.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { anyRowsQuery, type RowsQuery } from "./anyRowsQuery.ts"

const value = (text: string | null, type: string) =>
  text === null ? "null" : `${quoteLiteral(text)}::${type}`

const make = Effect.fnUntraced(function* ({ columns, hasKey, rows }: RowsQuery) {
  const sql = yield* PgClient.PgClient
  const table = `any ${randomUUID()}`
  const name = `public.${quoteIdentifier(table)}`
  const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`)
  yield* sql.unsafe(
    `create table ${name} (${[...(hasKey ? ['"the key" integer primary key'] : []), ...definitions].join(", ")})`,
  )
  yield* sql.unsafe(
    `insert into ${name} values ${rows
      .map(
        (row, index) =>
          `(${[
            ...(hasKey ? [String((index * 7) % 31)] : []),
            ...row.map((text, n) => value(text, columns[n]!.type)),
          ].join(", ")})`,
      )
      .join(", ")}`,
  )
  return { table, name }
})

/** All rows, page by page. */
const readAll = Effect.fnUntraced(function* (table: string, { limit, parameters }: RowsQuery) {
  const rows = yield* Rows
  const request = Result.getOrThrow(parseRowsRequest(parameters))
  const found: Array<string> = []
  const jobId = JobId.make(randomUUID())
  let after: RowPlace | null = null
  do {
    const page: Effect.Success<ReturnType<Rows["Service"]["page"]>> = yield* rows.page(
      { target: "default", schema: "public", table, jobId, isMade: true },
      { ...request, after, limit, count: null, format: "json" },
    )
    assert.isAtMost(page.rows.length, limit)
    found.push(...page.rows)
    after = page.next
  } while (after !== null)
  return found
})

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "rows of any table with any filter and order",
  (it) => {
    it.effect.prop(
      "are those of the same SQL written by hand, page by page",
      [anyRowsQuery],
      ([query]) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const { name, table } = yield* make(query)
          const expected = yield* sql.unsafe<{ readonly line: string }>(`
            select row_to_json(s)::text as line from (
              select ${query.selected.map(quoteIdentifier).join(", ")} from ${name} where ${query.where} order by ${query.orderBy}
            ) s`)
          assert.deepStrictEqual(
            yield* readAll(table, query),
            expected.map(({ line }) => line),
          )
          yield* sql.unsafe(`drop table ${name}`)
        }),
      { arbitrary: { runs: 150 }, timeout: 120_000 },
    )
  },
)
