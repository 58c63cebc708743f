import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { claimDue } from "../../../../src/Layers/database/jobs/WebhookStatements.ts"
import { run } from "../../../../src/Layers/database/postgres/Statement.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

/** Notifications of one owner to one host, which became due this many seconds ago, the first one earliest. */
const due = Effect.fnUntraced(function* (owner: string, host: string, count: number, seconds: number) {
  const sql = yield* PgClient.PgClient
  yield* sql`
    insert into sluice.webhook (job_id, owner, host, shown_url, state, next_attempt_at)
    select gen_random_uuid(), ${owner}::text, ${host}::text, 'https://' || ${host}::text, 'pending',
      now() - make_interval(secs => ${seconds}::float8 - n / 1000.0) from generate_series(1, ${count}::int) as n`
})

const none = Effect.flatMap(PgClient.PgClient, (sql) => sql`delete from sluice.webhook`)

/** The hosts of the claimed attempts, in order. */
const claim = Effect.fnUntraced(function* (limit: number, running: Readonly<Record<string, number>> = {}) {
  const sql = yield* PgClient.PgClient
  const rows = yield* run(sql, claimDue(limit, 4, running))
  return rows.map(({ host }) => String(host)).toSorted()
})

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "claims of webhooks",
  (it) => {
    it.effect("take turns between owners, whose older attempts may be thousands", () =>
      Effect.gen(function* () {
        yield* none
        for (const n of [1, 2, 3, 4, 5, 6]) yield* due("flooder", `f${n}.example`, 100, 1000)
        yield* due("calm", "calm.example", 2, 10)
        assert.deepStrictEqual(yield* claim(4), ["calm.example", "calm.example", "f1.example", "f1.example"])
      }),
    )

    it.effect("have few places for each host, which its owners share", () =>
      Effect.gen(function* () {
        yield* none
        yield* due("a", "shared.example", 50, 1000)
        yield* due("b", "shared.example", 50, 10)
        yield* due("b", "other.example", 1, 5)
        const sql = yield* PgClient.PgClient
        assert.deepStrictEqual(yield* claim(32), ["other.example", ...Array(4).fill("shared.example")])
        const owners = yield* sql`
          select owner, count(*)::int as n from sluice.webhook where attempts = 1 and host = 'shared.example' group by 1 order by 1`
        assert.deepStrictEqual(owners, [
          { owner: "a", n: 2 },
          { owner: "b", n: 2 },
        ])
        assert.deepStrictEqual(yield* claim(32, { "shared.example": 3 }), ["shared.example"])
        assert.deepStrictEqual(yield* claim(32, { "shared.example": 4 }), [])
      }),
    )

    it.effect("read no more attempts than may run, however many are due", () =>
      Effect.gen(function* () {
        yield* none
        const sql = yield* PgClient.PgClient
        yield* due("flooder", "f.example", 20_000, 1000)
        yield* sql`vacuum analyze sluice.webhook`
        const { parameters, text } = claimDue(32, 4, {})
        const [plan] = yield* sql.unsafe<{ "QUERY PLAN": ReadonlyArray<{ Plan: Record<string, unknown> }> }>(
          `explain (analyze, buffers, format json) ${text}`,
          [...parameters],
        )
        const { Plan } = plan!["QUERY PLAN"][0]!
        const blocks = Number(Plan["Shared Hit Blocks"]) + Number(Plan["Shared Read Blocks"])
        assert.isBelow(blocks, 200)
      }),
    )
  },
)
