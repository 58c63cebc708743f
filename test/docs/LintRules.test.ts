import { describe, it } from "@effect/vitest"
import { RuleTester } from "oxlint/plugins-dev"
import plugin from "../../scripts/lintRules.ts"

RuleTester.describe = describe
RuleTester.it = it

const errors = [{ message: /quoteIdentifier/ }]
const tester = new RuleTester({ languageOptions: { parserOptions: { lang: "ts" } } })

tester.run("no-sql-names", plugin.rules["no-sql-names"], {
  valid: [
    "sql`select ${name} from ${sql.literal(quoteIdentifier(name))}`",
    "const { literal } = sql; literal(name)",
    "const client = yield_(SqlClient.SqlClient); client.close(name)",
    "const run = (name: string) => name; run(name)",
  ],
  invalid: [
    { code: "sql`select from ${sql(name)}`", errors },
    { code: "this.sql(name)", errors },
    { code: 'sql("a.b")', errors },
    { code: "function* f() { const db = yield* SqlClient.SqlClient; db(name) }", errors },
    { code: "function* f() { const db = yield* PgClient; db`select ${db(name)}` }", errors },
    { code: "const f = (pool: SqlClient.SqlClient) => pool(name)", errors },
    { code: "const f = (pool: PgClient, other: string) => pool(other)", errors },
  ],
})
