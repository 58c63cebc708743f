import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assertProblem } from "../support/ApiHarness.ts"
import { assertProblemOnWire, exchange, parseAnswer, serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { rowsOf } from "../support/rowsOf.ts"

const serve = serveOnPort(JobsMemory.layer)

const head = (path: string, ...headers: ReadonlyArray<string>) =>
  [`POST ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n")

const url = "http://127.0.0.1/a"

/** Bodies that no decoder reads as they were sent: `type | body | field | what the message says`. */
const unreadable = `
  form | fileUrl=${url}%FF.csv | fileUrl | %FF
  form | fileUrl=${url}%C3.csv | fileUrl | %C3
  form | fileUrl=${url}%C3%28.csv | fileUrl | %C3
  form | fileUrl=${url}%ed%a0%80.csv | fileUrl | %ed%a0%80
  form | fileUrl=${url}%C0%AF.csv | fileUrl | %C0%AF
  form | fileUrl=${url}%F4%90%80%80.csv | fileUrl | %F4%90%80%80
  form | fileUrl=${url}.csv&tableName=%E9t%E9 | tableName | %E9
  form | tableName=a&fileUrl=${url}.csv&comment=%80 | comment | %80
  form | %FF=1&fileUrl=${url}.csv | %FF | %FF
  form | fileUrl=${url}\\xff.csv | null | byte 26
  form | fileUrl=${url}\\xe9.csv | null | byte 26
  form | fileUrl=${url}\\xc3 | null | byte 26
  form | fileUrl=${url}\\xef\\xbf\\xbd\\xff | null | byte 29
  json | {"fileUrl":"${url}\\xff.csv"} | null | byte 30
  json | {"fileUrl":"${url}\\xed\\xa0\\x80.csv"} | null | byte 30
  json | {"fileUrl":"${url}\\xc0\\xaf.csv"} | null | byte 30
  json | {"fileUrl":"${url}.csv","tableName":"\\xe9"} | null | byte 49
  json | {"\\xff":1} | null | byte 2
  json | \\xff\\xfe{} | null | byte 0
  json | {"fileUrl":"${url}.csv","tableName":"\\ud800"} | tableName | surrogate
  json | {"fileUrl":"${url}\\udc00.csv"} | fileUrl | surrogate
  json | {"fileUrl":"${url}.csv","headers":{"x-a":"\\ud83d"}} | headers | surrogate
  json | {"fileUrl":["${url}.csv","${url}\\udc00.csv"]} | fileUrl | surrogate
  labelled | {"fileUrl":"${url}\\xff.csv"} | null | byte 30`

const contentTypes: Readonly<Record<string, string>> = {
  form: "application/x-www-form-urlencoded",
  labelled: "application/x-www-form-urlencoded",
  json: "application/json",
}

/** `\xff` is the byte. */
const bytesOf = (text: string): string =>
  Buffer.from(
    text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("latin1")

describe("a body that is not Unicode", () => {
  it.live(`is refused, with where (${rowsOf(unreadable).length} cases)`, () =>
    Effect.gen(function* () {
      const origin = yield* serve
      for (const [type = "", text = "", field, said = ""] of rowsOf(unreadable)) {
        const body = bytesOf(text)
        const request = head(
          "/download_file",
          `Content-Type: ${contentTypes[type]}`,
          `Content-Length: ${body.length}`,
          "Connection: close",
        )
        const answer = parseAnswer(yield* exchange(origin, request, Buffer.from(body, "latin1")))
        assertProblem(answer, 400, "invalid_request")
        const [issue] = answer.json["issues"] as ReadonlyArray<Record<string, unknown>>
        assert.strictEqual(String(issue?.["field"]), field, text)
        assert.include(issue?.["message"], said, text)
      }
    }),
  )

  it.live("is not one with a character that stands for a replaced one, nor any other character", () =>
    Effect.gen(function* () {
      const origin = yield* serve
      for (const body of [
        `{"fileUrl":"${url}\u{fffd}.csv"}`,
        `{"fileUrl":"${url}\\ufffd.csv"}`,
        `{"fileUrl":"${url}\u{1f600}\\ud83d\\ude00.csv"}`,
        `fileUrl=${url}%EF%BF%BD.csv`,
        `fileUrl=${url}\u{fffd}%20%25.csv`,
        `fileUrl=${url}%zz.csv`,
      ]) {
        const type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded"
        const length = `Content-Length: ${Buffer.byteLength(body)}`
        const request = head("/download_file", `Content-Type: ${type}`, length, "Connection: close")
        assert.strictEqual(parseAnswer(yield* exchange(origin, request, body)).status, 202, body)
      }
    }),
  )
})

describe("a body that is too large", () => {
  const lengths = ["65537", "1000000", "10000000000", "9007199254740993", "0065537"]
  const targets = [
    "/download_file",
    "/preview",
    "/job_cancel",
    "/job_cancel?jobId=x",
    "/nothing",
    "/job_status",
  ]

  it.live(
    `is refused by its declared length, before it is sent (${lengths.length * targets.length} cases)`,
    () =>
      Effect.gen(function* () {
        const origin = yield* serve
        for (const length of lengths)
          for (const target of targets) {
            const request = head(target, "Content-Type: application/json", `Content-Length: ${length}`)
            const wire = yield* exchange(origin, request, "{").pipe(Effect.timeout(Duration.seconds(5)))
            assertProblemOnWire(wire, 413, "body_too_large")
          }
      }),
  )

  it.live("is refused although it asks first", () =>
    Effect.gen(function* () {
      const origin = yield* serve
      const request = head("/download_file", "Content-Length: 10000000000", "Expect: 100-continue")
      assertProblemOnWire(yield* exchange(origin, request), 413, "body_too_large")
    }),
  )

  it.live("is refused in chunks, as soon as it is too large", () =>
    Effect.gen(function* () {
      const origin = yield* serve
      const request = head("/download_file", "Content-Type: application/json", "Transfer-Encoding: chunked")
      const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`
      const wire = yield* exchange(origin, request, chunk, chunk).pipe(Effect.timeout(Duration.seconds(5)))
      assertProblemOnWire(wire, 413, "body_too_large")
    }),
  )
})

describe("a request that does not end", () => {
  const never = [
    head("/download_file", "Content-Type: application/json", "Content-Length: 100"),
    `${head("/download_file", "Content-Type: application/json", "Transfer-Encoding: chunked")}ffffffffffffffff\r\n`,
    `${head("/download_file", "Content-Type: application/json", "Transfer-Encoding: chunked")}5\r\nfileU`,
    "POST /download_file HTTP/1.1\r\nHost: localhost\r\n",
    "GET /job_status HTTP/1.1\r\nHost: local",
    "GET /job",
  ]
  it.live("is ended by REQUEST_TIMEOUT, and other requests do not wait for it", () =>
    Effect.gen(function* () {
      const origin = yield* serveOnPort(JobsMemory.layer, { requestTimeout: Duration.millis(500) })
      const waiting = yield* Effect.forkChild(
        Effect.forEach(never, (bytes) => exchange(origin, bytes), { concurrency: "unbounded" }),
      )
      const live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      assert.strictEqual(parseAnswer(yield* exchange(origin, live)).status, 200)
      for (const wire of yield* Fiber.join(waiting)) assertProblemOnWire(wire, 408, "request_timeout")
    }),
  )
})
