import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { get, type IncomingMessage } from "node:http"
import { gunzipSync, zstdDecompressSync } from "node:zlib"
import { startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"
import { completed, patience } from "../modes/loadText.ts"

/** Requests an export, without reading the body. */
const request = Effect.fnUntraced(function* (path: string, headers: Record<string, string> = {}) {
  const { origin } = yield* TestService
  return yield* Effect.acquireRelease(
    Effect.callback<IncomingMessage>((resume) => {
      get(new URL(path, origin), { headers }, (response) => resume(Effect.succeed(response)))
    }),
    (response) => Effect.sync(() => response.destroy()),
  )
})

const bodyOf = (response: IncomingMessage) =>
  Effect.promise(async () => Buffer.concat(await response.toArray()))

const download = (path: string, headers: Record<string, string> = {}) =>
  Effect.flatMap(request(path, headers), bodyOf)

/** Waits for the number of server processes of exports. */
const exportsBecome = (wanted: (waiting: ReadonlyArray<string | null>) => boolean) =>
  Effect.gen(function* () {
    const { sql } = yield* TestService
    const found = yield* sql<{ readonly wait: string | null }>`
      select wait_event as wait from pg_stat_activity
      where datname = current_database() and application_name = 'sluice export'`
    return found.map(({ wait }) => wait)
  }).pipe(Effect.filterOrFail(wanted), Effect.eventually, Effect.timeout("20 seconds"))

const text = 'a,flag,n\n"x, ""y""",true,1\n,false,2\n"",,3\n"back\\slash\nline",true,\n'

const version = (name: string, rows: number) =>
  `v,x\n${Array.from({ length: rows }, (_, n) => `${name}${n},${"x".repeat(200)}\n`).join("")}`

layer(TestService.layer({ NOTIFY_POSTGREST: "true" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("an export of a table", (it) => {
  it.effect(
    "is its rows as CSV or NDJSON, filtered and compressed",
    () =>
      Effect.gen(function* () {
        const { environment, sql } = yield* TestService
        const notified = yield* sql.listen("pgrst")
        yield* startWorker(environment)
        yield* completed(text, { tableName: "täble", types: "infer" })
        // A small load is one message, which notifies too.
        assert.strictEqual((yield* Queue.take(notified)).payload, "reload schema")
        const path = `/tables/${encodeURIComponent("täble")}/export`
        const csv = yield* request(path)
        assert.strictEqual(
          csv.headers["content-disposition"],
          `attachment; filename="t_ble.csv"; filename*=UTF-8''t%C3%A4ble.csv`,
        )
        assert.strictEqual(String(yield* bodyOf(csv)), text)
        const lines = String(
          yield* download(`${path}?format=ndjson&or=(n.in.(1,3),a.like.back*)&order=n.desc.nullslast`),
        )
        assert.deepStrictEqual(
          lines
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as unknown),
          [
            { a: "", flag: null, n: 3 },
            { a: 'x, "y"', flag: true, n: 1 },
            { a: "back\\slash\nline", flag: true, n: null },
          ],
        )
        const codings = { gzip: gunzipSync, zstd: zstdDecompressSync }
        for (const [coding, decode] of Object.entries(codings)) {
          const response = yield* request(path, { "accept-encoding": coding })
          assert.strictEqual(response.headers["content-encoding"], coding)
          assert.strictEqual(String(decode(yield* bodyOf(response))), text)
        }
        const again = yield* request(path, { "if-none-match": String(csv.headers.etag) })
        assert.strictEqual(again.statusCode, 304)
        for (const [query, status, code] of [
          ["limit=1", 400, "invalid_request"],
          ["a=gt.1", 400, "invalid_request"],
          ["n=eq.x", 400, "invalid_request"],
          ["a::numeric=eq.1", 422, "cast_failed"],
        ] as const) {
          const refused = yield* request(`${path}?${query}`)
          assert.strictEqual(refused.statusCode, status, query)
          assert.include(String(yield* bodyOf(refused)), `"${code}"`)
        }
      }),
    patience,
  )

  it.effect(
    "is of one version when the table is replaced meanwhile, and ends on the server when the client leaves",
    () =>
      Effect.gen(function* () {
        const { environment, sql } = yield* TestService
        const notified = yield* sql.listen("pgrst")
        yield* startWorker(environment)
        yield* completed(version("old", 100_000), { tableName: "versions" })
        assert.strictEqual((yield* Queue.take(notified)).payload, "reload schema")
        const response = yield* request("/tables/versions/export?select=v,x")
        yield* exportsBecome((waiting) => waiting.includes("ClientWrite"))
        yield* completed(version("new", 10), { tableName: "versions", mode: "replace" })
        const old = String(yield* bodyOf(response))
        assert.strictEqual(old, version("old", 100_000))
        assert.strictEqual(String(yield* download("/tables/versions/export")), version("new", 10))

        yield* completed(version("old", 100_000), { tableName: "versions", mode: "replace" })
        const abandoned = yield* request("/tables/versions/export")
        yield* exportsBecome((waiting) => waiting.includes("ClientWrite"))
        abandoned.destroy()
        yield* exportsBecome((waiting) => waiting.length === 0)
        // Neither replace has changed the schema.
        assert.strictEqual(yield* Queue.size(notified), 0)

        // The API may still count an export whose connection the database has closed.
        const accepted = request("/tables/versions/export").pipe(
          Effect.filterOrFail(({ statusCode }) => statusCode === 200),
          Effect.eventually,
          Effect.timeout("15 seconds"),
        )
        const [first] = [yield* accepted, yield* accepted]
        const refused = yield* request("/tables/versions/export")
        assert.strictEqual(refused.statusCode, 429)
        assert.include(String(yield* bodyOf(refused)), '"limit":"exports","scope":"caller"')
        first.destroy()
        yield* exportsBecome((waiting) => waiting.length === 1)
        yield* accepted
      }),
    patience,
  )
})
