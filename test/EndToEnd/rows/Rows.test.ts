import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { TableDetails } from "../../../src/Domain/rows/TableDetails.ts"
import * as rawHttp from "../../support/rawHttp.ts"
import { startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"
import { completed, patience } from "../modes/loadText.ts"

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const get = Effect.fnUntraced(function* (path: string, headers: Record<string, string> = {}) {
  const { origin } = yield* TestService
  const answer = yield* rawHttp.get(new URL(path, origin).href, headers)
  const entries = Object.entries(answer.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  return { status: answer.status, headers: new Headers(entries), text: answer.body } satisfies Reply
})

const nextOf = ({ headers }: Reply): string | undefined =>
  /^<(.*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1]

/** A refusal: its status, code and detail. */
const refusal = Effect.fnUntraced(function* (path: string) {
  const { status, text } = yield* get(path)
  const { code, detail } = JSON.parse(text) as { readonly code: string; readonly detail: string }
  return { status, code, detail }
})

const cities =
  'city,people,founded\nBrno,380000,1243-01-01\nGraz,290000,1128-02-20\n,,\n"Linz, ""a""",210000,\n'

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the rows of a loaded table",
  (it) => {
    it.effect(
      "come as JSON, NDJSON or CSV, filtered, ordered and page by page",
      () =>
        Effect.gen(function* () {
          const { environment } = yield* TestService
          yield* startWorker(environment)
          yield* completed(cities, { tableName: "cities", types: "infer" })
          const all = yield* get("/tables/cities/rows")
          assert.strictEqual(all.headers.get("content-type"), "application/json")
          assert.isNull(all.headers.get("link"))
          assert.isNull(all.headers.get("x-total-count"))
          assert.deepStrictEqual(JSON.parse(all.text), [
            { city: "Brno", people: 380000, founded: "1243-01-01" },
            { city: "Graz", people: 290000, founded: "1128-02-20" },
            { city: null, people: null, founded: null },
            { city: 'Linz, "a"', people: 210000, founded: null },
          ])
          const lines = yield* get("/tables/public.cities/rows?select=city&people=lt.300000", {
            accept: "application/x-ndjson",
          })
          assert.strictEqual(lines.text, `{"city":"Graz"}\n{"city":"Linz, \\"a\\""}\n`)
          const first = yield* get(
            "/tables/cities/rows?select=people,city&order=people.desc.nullslast&limit=3&count=exact",
            { accept: "text/csv" },
          )
          assert.strictEqual(first.text, `people,city\n380000,Brno\n290000,Graz\n210000,"Linz, ""a"""\n`)
          assert.strictEqual(first.headers.get("x-total-count"), "4")
          const last = yield* get(nextOf(first)!, { accept: "text/csv" })
          assert.strictEqual(last.text, "people,city\n,\n")
          assert.isUndefined(nextOf(last))
          const details = JSON.parse((yield* get("/tables/cities")).text) as typeof TableDetails.Encoded
          assert.deepInclude(details, { schema: "public", table: "cities", rowsLoaded: 4, key: null })
          assert.deepStrictEqual(
            details.columns.map(({ name, statistics, type }) => [
              name,
              type,
              statistics?.nulls,
              statistics?.max,
            ]),
            [
              ["city", "text", 1, 'Linz, "a"'],
              ["people", "bigint", 1, "380000"],
              ["founded", "date", 2, "1243-01-01"],
            ],
          )
          assert.deepStrictEqual(
            details.loads.map(({ jobId, mode, rowsLoaded }) => [jobId, mode, rowsLoaded]),
            [[details.jobId, "create", 4]],
          )
          assert.strictEqual((yield* refusal("/tables/cities?statistics=all")).code, "invalid_request")
          const estimated = yield* get("/tables/cities/rows?count=estimated&limit=1")
          assert.isAbove(Number(estimated.headers.get("x-total-count")), 0)
        }),
      patience,
    )

    it.effect(
      "have an entity tag until the next load",
      () =>
        Effect.gen(function* () {
          const { environment } = yield* TestService
          yield* startWorker(environment)
          yield* completed("a\n1\n2\n", { tableName: "tagged" })
          const first = yield* get("/tables/tagged/rows?limit=1")
          const tag = first.headers.get("etag")!
          const second = yield* get("/tables/tagged/rows?limit=1", { "if-none-match": `"x", ${tag}` })
          assert.deepStrictEqual([second.status, second.text, second.headers.get("etag")], [304, "", tag])
          assert.strictEqual(
            (yield* get("/tables/tagged/rows?format=csv", { "if-none-match": tag })).status,
            200,
          )
          yield* completed("a\n3\n", { tableName: "tagged", mode: "replace" })
          const third = yield* get("/tables/tagged/rows?limit=1", { "if-none-match": tag })
          assert.deepStrictEqual([third.status, JSON.parse(third.text)], [200, [{ a: "3" }]])
          const stale = yield* refusal(nextOf(first)!)
          assert.deepStrictEqual([stale.status, stale.code], [409, "table_changed"])
          yield* completed("a\n1\n", { tableName: "other" })
          const elsewhere = yield* refusal(nextOf(first)!.replace("/tagged/", "/other/"))
          assert.deepStrictEqual([elsewhere.status, elsewhere.code], [400, "invalid_request"])
          assert.include(elsewhere.detail, "another table")
        }),
      patience,
    )

    it.effect(
      "are refused with the column and what to do",
      () =>
        Effect.gen(function* () {
          const { environment, sql } = yield* TestService
          yield* startWorker(environment)
          yield* completed("fare,at\n9,x\n10,y\nn/a,z\n", { tableName: "texts" })
          const refused: ReadonlyArray<
            readonly [query: string, status: number, code: string, words: string]
          > = [
            ["fare=gt.9", 400, "invalid_request", "fare::numeric=gt."],
            ["far=eq.9", 400, "invalid_request", 'did you mean "fare"?'],
            ["fare=9", 400, "invalid_request", "is no operator"],
            ["or=(fare.eq.1", 400, "invalid_request", 'expected ")"'],
            ["order=fare.down", 400, "invalid_request", '"down" is no order'],
            ["limit=0", 400, "invalid_request", "from 1 to 1000"],
            ["after=x", 400, "invalid_request", "the `next`"],
            ["fare::numeric=gt.x", 400, "invalid_request", '"x" is no value of the type numeric'],
            ["fare::numeric=gt.9", 422, "cast_failed", "n/a"],
            ["fare::text=is.true", 400, "invalid_request", "boolean"],
            ["at=like.%25%5C", 400, "invalid_request", "at"],
            ["at=eq.%00", 400, "invalid_request", "NUL"],
          ]
          for (const [query, status, code, words] of refused) {
            const found = yield* refusal(`/tables/texts/rows?${query}`)
            assert.deepStrictEqual([found.status, found.code], [status, code], query)
            assert.include(found.detail, words)
          }
          yield* completed(`long\n${"x".repeat(9000)}\n${"y".repeat(9000)}\n`, { tableName: "long_values" })
          const long = yield* refusal("/tables/long_values/rows?order=long&limit=1")
          assert.deepStrictEqual([long.status, long.code], [400, "invalid_request"])
          assert.include(long.detail, "the link to the next page would be longer than")
          assert.isDefined(nextOf(yield* get("/tables/long_values/rows?limit=1")))
          assert.deepStrictEqual(
            JSON.parse((yield* get("/tables/texts/rows?fare::text=gt.9&select=fare")).text),
            [{ fare: "n/a" }],
          )
          for (const path of [
            "/tables/none/rows",
            "/tables/none",
            "/tables/%00",
            "/tables/a%00b/rows",
            "/tables/%00/export",
          ]) {
            const missing = yield* refusal(path)
            assert.deepStrictEqual([missing.status, missing.code], [404, "table_not_found"])
          }
          // Not Sluice's, though Sluice may look at it.
          yield* sql`create table public.strange as select 1 as n`
          assert.strictEqual((yield* refusal("/tables/strange/rows")).status, 404)
          assert.strictEqual((yield* refusal("/tables/sluice.job/rows")).status, 404)
          yield* sql`grant all on public.strange to sluice_tables`
          yield* completed("n\n2\n", { tableName: "strange", mode: "append" })
          for (const path of ["/tables/strange/rows", "/tables/strange"]) {
            const unreadable = yield* refusal(path)
            assert.deepStrictEqual([unreadable.status, unreadable.code], [403, "table_not_readable"])
          }
          yield* sql`grant select on public.strange to sluice_readers`
          const readable = yield* get("/tables/strange/rows")
          assert.deepStrictEqual(JSON.parse(readable.text), [{ n: 1 }, { n: 2 }])
          assert.isNull(readable.headers.get("etag"))
        }),
      patience,
    )
  },
)
