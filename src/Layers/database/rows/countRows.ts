import * as Schema from "effect/Schema"
import type { RowCount } from "../../../Domain/rows/Rows.ts"
import { alias } from "./filterSql.ts"
import { where } from "./pageStatement.ts"

/** The statement that counts rows. An estimate is the planner's, which has statistics and the size of the table. */
export const countStatement = (count: RowCount, table: string, conditions: ReadonlyArray<string>): string => {
  const from = `from ${table} ${alias} ${where(conditions)}`
  return count === "exact"
    ? `select count(*)::float8 as count ${from}`
    : `explain (format json) select ${from}`
}

const decode = Schema.decodeUnknownSync(
  Schema.Union([
    Schema.Tuple([Schema.Struct({ count: Schema.Finite })]),
    Schema.Tuple([
      Schema.Struct({
        "QUERY PLAN": Schema.Tuple([Schema.Struct({ Plan: Schema.Struct({ "Plan Rows": Schema.Finite }) })]),
      }),
    ]),
  ]),
)

/** The number in the result of `countStatement`. */
export const countOf = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>): number => {
  const [row] = decode(rows)
  return "count" in row ? row.count : row["QUERY PLAN"][0].Plan["Plan Rows"]
}
