import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as CsvServer from "../support/CsvServer.ts"
import { ask } from "../support/ApiServer.ts"
import { startApi } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const jsonOf = (body: object) => ({ contentType: "application/json", text: JSON.stringify(body) })

/** Posts a form with this `Idempotency-Key`. */
const postWithKey = Effect.fnUntraced(function* (
  key: string,
  origin: string,
  fields: Readonly<Record<string, string>>,
) {
  const response = yield* HttpClient.execute(
    HttpClientRequest.post(`${origin}/download_file`).pipe(
      HttpClientRequest.bodyUrlParams(fields),
      HttpClientRequest.setHeader("idempotency-key", key),
    ),
  )
  return { status: response.status, body: yield* response.text }
}, Effect.provide(FetchHttpClient.layer))

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "API processes",
  (it) => {
    it.effect("an API process previews a file of an aliased private host, but of no other private host", () =>
      Effect.gen(function* () {
        const { environment, files, tables } = yield* TestService
        const { origin, logged } = yield* startApi({
          ...environment,
          ALLOWED_HOSTS: `127.0.0.1:${files.port}`,
          SOURCE_HOST_ALIASES: `localhost:8123=127.0.0.1:${files.port}`,
        })
        yield* files.serve("/trips.csv", CsvServer.file("id,km\n1,0.5\n2,12\n"))
        const preview = yield* ask(origin, "/preview", jsonOf({ fileUrl: "http://localhost:8123/trips.csv" }))
        assert.strictEqual(preview.status, 200, preview.text)
        assert.deepStrictEqual(preview.json["records"], [
          ["1", "0.5"],
          ["2", "12"],
        ])
        const refused = yield* ask(origin, "/preview", jsonOf({ fileUrl: "http://127.0.0.1:1/trips.csv" }))
        assert.strictEqual(refused.status, 422, refused.text)
        assert.deepStrictEqual(yield* tables, [])
        const requestLogged = (words: string) =>
          logged((line) => line.message === "request" && JSON.stringify(line).includes(words))
        yield* requestLogged("http://localhost:8123/trips.csv")
        yield* requestLogged("address_forbidden")
      }),
    )

    it.effect("two API processes create one job for twenty concurrent posts with one idempotency key", () =>
      Effect.gen(function* () {
        const { environment, files, sql } = yield* TestService
        const origins = yield* Effect.all([startApi(environment), startApi(environment)], { concurrency: 2 })
        const fields = { fileUrl: files.url("/trips.csv"), tableName: "trips" }
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, (_, n) => postWithKey("one", origins[n % 2]?.origin ?? "", fields)),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(answers[0]?.status, 202)
        for (const answer of answers) assert.deepStrictEqual(answer, answers[0])
        const jobs = yield* sql`select table_name from sluice.job where idempotency_key = 'one'`
        assert.deepStrictEqual(jobs, [{ table_name: "trips" }])
        const other = yield* postWithKey("one", origins[0].origin, { ...fields, header: "false" })
        assert.strictEqual(other.status, 422)
      }),
    )
  },
)
