import { assert, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { quoteIdentifier } from "../../src/Domain/load/columns/SqlIdentifier.ts"
import { makeKey } from "../../src/Layers/process/SecretsKey.ts"
import * as Collector from "../support/Collector.ts"
import * as CsvServer from "../support/CsvServer.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { environment, start, withRoles } from "../support/ServiceProcess.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

/** Every planted secret contains the word; the other text is its base64, as in an Authorization header. */
const planted = /planted|cGxhbnRlZ/i

const names = (
  "pass passphrase session session_id sid sas subscriptionKey privateKey appKey bearer credentials hmac ticket otp " +
  "api_key_v2 token[] auth[token] userKey licenseKey SharedKey format year v"
).split(" ")

const nested = [
  "to=http%3A%2F%2Fu%3Aplanted%40h.example%2F",
  "next=https://h.example/?key=planted;sid=planted",
  "deep=https%3A%2F%2Fh.example%2F%3Fin%3Dhttps%253A%252F%252Fu%253Aplanted%2540h%252F",
  "planted",
]

const query = [...names.map((name) => `${name}=planted`), ...nested].join("&")

/** A URL of this path with a secret in every place that can have one. */
const withSecrets = (files: CsvServer.CsvServer, path: string): string =>
  `${files.url(path).replace("://", "://plantedUser:planted@")}?${query}#access_token=planted&planted`

const headers = { authorization: "Bearer planted", "x-api-key": "planted", cookie: "session=planted" }

/** All of a response, as one text. */
const responseOf = Effect.fnUntraced(function* (method: "GET" | "POST", url: string, body?: unknown) {
  const request = HttpClientRequest.make(method)(url)
  const response = yield* HttpClient.execute(
    body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, body),
  )
  return `${method} ${url} ${response.status} ${JSON.stringify(response.headers)} ${yield* response.text}`
}, Effect.provide(FetchHttpClient.layer))

const allTables = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tables = yield* sql<{ schema: string; name: string }>`
    select schemaname as schema, tablename as name from pg_catalog.pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`
  const found = yield* Effect.forEach(tables, ({ name, schema }) =>
    sql.unsafe<{ row: string }>(
      `select t::text as row from ${quoteIdentifier(schema)}.${quoteIdentifier(name)} as t`,
    ),
  )
  const activity = yield* sql<{ row: string }>`select query as row from pg_catalog.pg_stat_activity`
  assert.isAbove(tables.length, 5)
  return [...found.flat(), ...activity].map(({ row }) => row)
})

const notPlanted = (where: string, texts: ReadonlyArray<string>) =>
  assert.deepStrictEqual(
    texts.filter((text) => planted.test(text)),
    [],
    where,
  )

const database = Layer.unwrap(TestDatabase.use(({ url }) => Effect.succeed(PgClient.layer({ url })))).pipe(
  Layer.provideMerge(TestDatabase.layerMigrated),
)

for (const format of ["json", "pretty"])
  it.live(
    `planted secrets are in no response, log (${format}), metric, span or table, while jobs wait and after they end`,
    () =>
      Effect.gen(function* () {
        const collector = yield* Collector.make()
        const files = yield* CsvServer.make()
        const { url } = yield* TestDatabase
        const variables = environment(url, {
          [withRoles]: "true",
          SECRETS_KEY: makeKey(),
          WEBHOOK_SECRETS: `whsec_${Buffer.from("planted".repeat(6)).toString("base64")}`,
          LOG_LEVEL: "Trace",
          LOG_FORMAT: format,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
          OTEL_BSP_SCHEDULE_DELAY: "100",
          OTEL_METRIC_EXPORT_INTERVAL: "200",
        })
        const server = yield* start("api", { PORT: "0", ...variables })
        const listening = yield* server.logged(({ message }) => /Listening on/.test(String(message)))
        const origin = /http:\/\/[\w.]+:\d+/.exec(String(listening.message))?.[0] ?? ""
        const api = ServiceClient.make(origin)

        yield* files.serve("/good.csv", CsvServer.file("a,b\n1,2\n3\n"))
        yield* files.serve("/moved.csv", CsvServer.redirect(withSecrets(files, "/good.csv")))
        yield* files.serve("/lost.csv", CsvServer.redirect(withSecrets(files, "/missing.csv")))
        yield* files.serve("/busy.csv", CsvServer.status(503, { "retry-after": "60" }))
        yield* files.serve("/echo.csv", (exchange) =>
          Effect.gen(function* () {
            yield* exchange.head(403, { "content-type": "text/plain" })
            yield* exchange.send(`expired: ${files.origin}${exchange.target.replace(/&planted$/, "")}`)
            yield* exchange.end
          }),
        )

        yield* files.serve("/hook", CsvServer.status(500))
        yield* files.serve("/hook/moved", CsvServer.redirect(withSecrets(files, "/hook")))

        const send = (method: "GET" | "POST", path: string, body?: unknown) =>
          responseOf(method, `${origin}${path}`, body)
        const responses: Array<string> = []
        for (const path of ["good", "moved", "lost", "echo", "missing"])
          responses.push(
            yield* send("POST", "/preview", { fileUrl: withSecrets(files, `/${path}.csv`), headers }),
          )
        for (const fileUrl of ["ftp://u:planted@h/", "u:planted@h/a.csv?t=planted", "http://u:planted@", 5])
          for (const path of ["/preview", "/download_file"])
            responses.push(
              yield* send("POST", path, {
                fileUrl,
                callbackUrl: fileUrl,
                headers: { authorization: "planted\u0007" },
                sid: "x",
              }),
            )

        const paths = ["/good.csv", "/moved.csv", "/lost.csv", "/echo.csv", "/missing.csv", "/busy.csv"]
        const jobs = yield* Effect.forEach(paths, (path) =>
          Effect.map(
            api.create(withSecrets(files, path), {
              headers,
              callbackUrl: withSecrets(files, path === "/good.csv" ? "/hook/moved" : "/hook"),
            }),
            (jobId) => ({ jobId, path }),
          ),
        )
        const sql = yield* PgClient.PgClient
        const source = {
          fileUrl: withSecrets(files, "/good.csv"),
          callbackUrl: withSecrets(files, "/hook"),
          headers,
          tableName: "kept",
          every: "1h",
        }
        responses.push(yield* send("POST", "/sources", source))
        const view = Effect.gen(function* () {
          for (const { jobId } of jobs)
            for (const path of [
              `/job_status?jobId=${jobId}`,
              `/job_rejects?jobId=${jobId}`,
              `/job_rejects?jobId=${jobId}&format=csv`,
              `/job_rejects?jobId=${jobId}&format=csv&safe=true`,
              `/job_rejects?jobId=${jobId}&kind=skipped&format=csv`,
              `/job_rejects?jobId=${jobId}&kind=skipped`,
            ])
              responses.push(yield* send("GET", path))
          const [kept] = yield* sql<{ id: string }>`select id from sluice.source`
          responses.push(yield* send("GET", `/sources/${kept?.id}`))
          for (const path of [
            "/sources",
            "/metrics",
            "/health/live",
            "/health/ready",
            "/",
            "/docs",
            "/openapi.json",
          ])
            responses.push(yield* send("GET", path))
          notPlanted("responses", responses)
          notPlanted("tables", yield* allTables)
        })
        yield* view
        assert.lengthOf(yield* sql`select from sluice.job_secret where key_id is not null`, jobs.length)

        const worker = yield* start("worker", variables)
        for (const { jobId, path } of jobs)
          if (path === "/busy.csv") {
            yield* api.reaches(jobId, "retry")
            notPlanted("tables", yield* allTables)
            responses.push(yield* send("POST", "/job_cancel", { jobId }))
          } else {
            const { state } = yield* api.reaches(jobId, "completed", "failed")
            assert.strictEqual(state, /good|moved/.test(path) ? "completed" : "failed", path)
            yield* collector.span(
              ({ attributes, kind }) => kind === "consumer" && attributes["sluice.job.id"] === jobId,
            )
          }
        for (const { jobId } of jobs)
          yield* api.until(jobId, ({ callback }) => (callback?.lastStatus ?? null) !== null)
        yield* view
        assert.isEmpty(yield* sql`select from sluice.job_secret`)
        assert.lengthOf(yield* sql`select from sluice.source_secret where key_id is not null`, 1)
        assert.lengthOf(yield* sql`select from sluice.source_callback where key_id is not null`, 1)
        assert.match(String(files.received("/hook")[0]?.target), planted)
        const [seen] = files.received("/good.csv").slice(-1)
        assert.match(String(seen?.target), planted)
        notPlanted(
          "logs",
          [...server.log, ...worker.log].map((line) => JSON.stringify(line)),
        )
        notPlanted("spans and metrics", collector.bodies)
        assert.isAbove(worker.log.length, jobs.length)
      }).pipe(Effect.scoped, Effect.provide(database)),
    120_000,
  )
