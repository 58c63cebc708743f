import { assert, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { assertProblem, form, json, serveInMemory } from "../../../support/ApiHarness.ts"
import * as JobsMemory from "../../../support/JobsMemory.ts"
import { assertRefused, type RefusedRequest } from "../../../support/assertRefused.ts"

const url = "http://localhost:8000/a.csv"
const id = "0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e"
const missing = ["body", "fileUrl", "fileUrl is missing"] as const

const refusedDownloads: ReadonlyArray<RefusedRequest> = [
  { what: "an empty form", request: form(""), issues: [missing] },
  { what: "an empty JSON object", request: json("{}"), issues: [missing] },
  { what: "no body at all", request: { method: "POST" }, issues: [["body", null, "the body is empty"]] },
  { what: "an empty JSON body", request: json(""), issues: [["body", null, "the body is empty"]] },
  {
    what: "broken JSON",
    request: json('{"fileUrl":'),
    issues: [["body", null, "not valid JSON: it ends too early, after character 11"]],
  },
  { what: "a JSON list", request: json("[]"), issues: [["body", null, "not an object"]] },
  { what: "JSON null", request: json("null"), issues: [["body", null, "not an object"]] },
  {
    what: "a number",
    request: json({ fileUrl: 3 }),
    issues: [["body", "fileUrl", "given once for each file"]],
  },
  { what: "an empty URL", request: form("fileUrl="), issues: [["body", "fileUrl", "fileUrl is empty"]] },
  { what: "no URL", request: form("fileUrl=a.csv"), issues: [["body", "fileUrl", "not an absolute URL"]] },
  {
    what: "broken JSON that is labelled as a form",
    request: form('{"fileUrl":'),
    issues: [["body", null, "not valid JSON"]],
  },
  {
    what: "a URL without a name",
    request: form(`${url}?a=1&b=2`),
    issues: [["body", null, "a URL without a name: send fileUrl=<URL>"]],
  },
  ...["id,name\n1,Ann\n", "id;name\n1;a=b&c\n", "id\tname", "name\nAnn", "a|b", "\u001F\uFFFD\b"].map(
    (content) => ({
      what: `the content of a file (${JSON.stringify(content)})`,
      request: form(content),
      issues: [["body", null, "Give the URL of the file in fileUrl, or send the file"]] as const,
    }),
  ),
  {
    what: "a quoted name, as pasted from a log line",
    request: form(`"fileUrl=${url}"`),
    issues: [["body", '"fileUrl', "did you mean fileUrl?"], missing],
  },
  {
    what: "another scheme",
    request: form("fileUrl=file:///etc/passwd"),
    issues: [["body", "fileUrl", 'scheme "file"']],
  },
  {
    what: "a field given twice",
    request: form(`fileUrl=${url}&tableName=a&tableName=b`),
    issues: [["body", "tableName", "given once, as"]],
  },
  {
    what: "a file given twice",
    request: form(`fileUrl=${url}&fileUrl=${url}`),
    issues: [["body", "fileUrl", "file 2 is the same as file 1: give each file once"]],
  },
  {
    what: "a misspelt option",
    request: form(`fileUrll=${url}`),
    issues: [["body", "fileUrll", 'unknown option "fileUrll"; did you mean fileUrl?'], missing],
  },
  {
    what: "an option in other letter case",
    request: json({ fileurl: url }),
    issues: [["body", "fileurl", "did you mean fileUrl?"], missing],
  },
  {
    what: "an unknown option",
    request: json({ fileUrl: url, urgency: 3 }),
    issues: [["body", "urgency", 'unknown option "urgency": known are fileUrl, delimiter, quote,']],
  },
  {
    what: "a URL whose query was not encoded",
    request: form(`fileUrl=${url}?a=1&b=2&c=3`),
    issues: [
      ["body", "b", "--data-urlencode"],
      ["body", "c", "--data-urlencode"],
    ],
  },
  {
    what: "a field in the query",
    path: `/download_file?fileUrl=${url}`,
    request: form(`fileUrl=${url}`),
    issues: [["query", "fileUrl", "send the fields in the body"]],
  },
]

const refusedLookups: ReadonlyArray<RefusedRequest> = [
  { what: "no jobId", path: "/job_status", issues: [["query", "jobId", "jobId is missing"]] },
  { what: "a malformed jobId", path: "/job_status?jobId=42", issues: [["query", "jobId", "not a UUID"]] },
  { what: "an empty jobId", path: "/job_cancel?jobId=", issues: [["query", "jobId", "not a UUID"]] },
  {
    what: "a jobId given twice",
    path: `/job_status?jobId=${id}&jobId=${id}`,
    issues: [["query", "jobId", "once, as a string"]],
  },
  {
    what: "a misspelt jobId",
    path: `/job_cancel?job_id=${id}`,
    issues: [
      ["query", "job_id", "did you mean jobId?"],
      ["query", "jobId", "jobId is missing"],
    ],
  },
  {
    what: "a malformed jobId in a form",
    path: "/job_cancel",
    request: form("jobId=42"),
    issues: [["body", "jobId", "not a UUID"]],
  },
  {
    what: "a jobId given twice in JSON",
    path: "/job_cancel",
    request: json(`{"jobId":"${id}","jobId":"${id}"}`),
    issues: [["body", "jobId", "jobId must be given once"]],
  },
  {
    what: "a list as body",
    path: "/job_cancel",
    request: json("[]"),
    issues: [["body", null, "not an object"]],
  },
]

layer(JobsMemory.layer)("a request that does not fit the contract", (it) => {
  for (const refused of [...refusedDownloads, ...refusedLookups])
    it.effect(`is refused with ${refused.what}`, () => assertRefused(refused))

  it.effect("gets a response without its values", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const answer = yield* call("/download_file", form("fileUrl=ftp://user:hunter2@host/a&password=hunter2"))
      assertProblem(answer, 400, "invalid_request")
      assert.notInclude(answer.text, "hunter2")
    }),
  )

  it.effect("gets a short response, even with a thousand wrong fields", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const fields = Array.from({ length: 1000 }, (_, index) => `x${index}=1`).join("&")
      const answer = yield* call("/download_file", form(fields))
      assertProblem(answer, 400, "invalid_request")
      assert.isBelow(answer.text.length, 10_000)
      assert.match(String(answer.json["detail"]), /and 991 more$/)
      const long = yield* call("/download_file", form(`${"y".repeat(5000)}=1`))
      assert.isBelow(long.text.length, 2000)
    }),
  )

  it.effect.prop(
    "is 400 for any JSON value",
    { body: Arbitrary.schema(Schema.Json) },
    ({ body }) =>
      Effect.gen(function* () {
        const call = yield* serveInMemory()
        assertProblem(yield* call("/download_file", json(body)), 400, "invalid_request")
      }),
    { arbitrary: { runs: 50 } },
  )

  it.effect.prop(
    "is 400 for any form",
    { fields: Schema.Record(Schema.String, Schema.String) },
    ({ fields }) =>
      Effect.gen(function* () {
        const call = yield* serveInMemory()
        const body = Object.entries(fields)
          .map(
            ([name, value]) =>
              `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
          )
          .join("&")
        assertProblem(yield* call("/download_file", form(body)), 400, "invalid_request")
      }),
    { arbitrary: { runs: 50 } },
  )
})
