import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as CsvServer from "../../support/CsvServer.ts"
import { TestService } from "../../support/TestService.ts"

export const Service = TestService.layerWithWorker()

/** Serves files, and returns their URLs. */
export const serve = Effect.fnUntraced(function* (
  files: Readonly<Record<string, CsvServer.Answer | string>>,
) {
  const service = yield* TestService
  return yield* Effect.forEach(Object.entries(files), ([name, content]) =>
    Effect.as(
      service.files.serve(`/${name}`, typeof content === "string" ? CsvServer.file(content) : content),
      service.files.url(`/${name}`),
    ),
  )
})

export const post = Effect.fnUntraced(function* (
  path: string,
  body: Readonly<Record<string, unknown>> | URLSearchParams,
) {
  const { origin } = yield* TestService
  const request = HttpClientRequest.post(`${origin}${path}`)
  const response = yield* HttpClient.execute(
    body instanceof URLSearchParams
      ? HttpClientRequest.bodyUrlParams(request, body)
      : HttpClientRequest.bodyJsonUnsafe(request, body),
  )
  return { status: response.status, text: yield* response.text }
}, Effect.provide(FetchHttpClient.layer))

/** Loads the files into one table, and returns the job when it has ended. */
export const load = Effect.fnUntraced(function* (
  fileUrl: ReadonlyArray<string>,
  options: Readonly<Record<string, unknown>> = {},
) {
  const { api } = yield* TestService
  const { status, text } = yield* post("/download_file", { fileUrl, ...options })
  assert.strictEqual(status, 202, text)
  return yield* api.reaches(JSON.parse(text).jobId, "completed", "failed")
})

export const rowsOf = (table: string, order = "1") =>
  Effect.flatMap(TestService, ({ sql }) =>
    Effect.map(sql.unsafe<Record<string, unknown>>(`select * from "${table}" order by ${order}`), (rows) =>
      rows.map((row) => Object.values(row)),
    ),
  )
