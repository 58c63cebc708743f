import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { JobId } from "../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { LoadOptions } from "../../../src/Domain/load/options/LoadOptions.ts"
import { anyLoadOptions } from "../../support/anyLoadOptions.ts"
import { form, json, serveInMemory } from "../../support/ApiHarness.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const fileUrl = "http://localhost:8000/tripsdata.csv"
const encoded = Schema.encodeSync(LoadOptions)
const decoded = Schema.decodeUnknownSync(LoadOptions)

/** The options of the job that this request creates, as its worker gets them. Cancels the job. */
const optionsOf = (request: RequestInit) =>
  Effect.gen(function* () {
    const call = yield* serveInMemory()
    const jobs = yield* Jobs
    const queue = yield* JobQueue
    const answer = yield* call("/download_file", request)
    assert.strictEqual(answer.status, 202, answer.text)
    const jobId = JobId.make(String(answer.json["jobId"]))
    const attempts = yield* jobs.begin((yield* queue.claim(100)).map(({ claim }) => claim))
    yield* jobs.cancel(jobId)
    return attempts.find(({ claim }) => claim.jobId === jobId)?.options
  })

const asJson = (options: object) => json({ fileUrl, ...options })

/** A field of a form for each: the values of a list, the lines of headers. */
const fieldsOf = (value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value
  return typeof value === "object" && value !== null
    ? Object.entries(value).map(([name, text]) => `${name}: ${text}`)
    : [value]
}

/** As a browser or `curl --data-urlencode` sends it. */
const asForm = (options: object) => {
  const fields = new URLSearchParams({ fileUrl })
  for (const [name, value] of Object.entries(options))
    for (const each of name === "columns" ? [JSON.stringify(value)] : fieldsOf(value))
      fields.append(name, each === null ? "" : String(each))
  return form(fields.toString())
}

/** Fields of a form, and the options they mean. */
const notations: ReadonlyArray<readonly [body: string, options: object]> = [
  ["delimiter=;", { delimiter: ";" }],
  ["delimiter=%09", { delimiter: "\t" }],
  ["delimiter=\\t", { delimiter: "\t" }],
  ["delimiter=tab", { delimiter: "\t" }],
  ["delimiter=\\x01", { delimiter: "\u0001" }],
  ["delimiter=\\u001F", { delimiter: "\u001f" }],
  ["delimiter=space", { delimiter: " " }],
  ["delimiter=||", { delimiter: "||" }],
  ["delimiter=+", { delimiter: " " }],
  ["quote=", { quote: null }],
  ["quote=none", { quote: null }],
  ["quote='", { quote: "'" }],
  ["escape=\\", { escape: "\\" }],
  ["comment=", { comment: null }],
  ["comment=none", { comment: null }],
  ["encoding=latin1", { encoding: "windows-1252" }],
  ["header=true", { header: true }],
  ["header=false", { header: false }],
  ["header=auto", { header: "auto" }],
  ["skipLines=2", { skipLines: 2 }],
  ["nullValues=NA", { nullValues: ["NA"] }],
  ["nullValues=NA&nullValues=NULL", { nullValues: ["NA", "NULL"] }],
  ["nullValues=a,b", { nullValues: ["a,b"] }],
  ["nullValues=", { nullValues: [""] }],
  ["headers=User-Agent:+x/1", { headers: { "user-agent": "x/1" } }],
  ["headers=a:1&headers=B:+2:3", { headers: { a: "1", b: "2:3" } }],
  ["timeout=40", { timeout: 40 }],
  ['columns={"b":"x","a":null}', { columns: { a: { skip: true }, b: { name: "x" } } }],
  [
    'columns={"a":{"type":"date","nullValues":"NA"}}&otherColumns=skip&names=snake',
    { columns: { a: { type: "date", nullValues: ["NA"] } }, otherColumns: "skip", names: "snake" },
  ],
  ["maxBadRows=100", { maxBadRows: "100" }],
  ["maxBadRows=10%", { maxBadRows: "10%" }],
  ["maxBadRows=10%25", { maxBadRows: "10%" }],
  ["maxBadRows=2.5+%25", { maxBadRows: "2.5%" }],
  ["onBadRow=pad&types=infer&tableName=My+Trips", { onBadRow: "pad", types: "infer", tableName: "My Trips" }],
]

layer(JobsMemory.layer)("load options", (it) => {
  it.effect("may all be omitted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* optionsOf(asForm({})), {})
      assert.deepStrictEqual(yield* optionsOf(asJson({})), {})
    }),
  )

  for (const [body, options] of notations) {
    it.effect(`are read from the form ${body}`, () =>
      Effect.gen(function* () {
        const found = yield* optionsOf(form(`fileUrl=${fileUrl}&${body}`))
        assert.deepStrictEqual(found, decoded(options))
      }),
    )

    it.effect(`are read from the same texts in JSON: ${body}`, () =>
      Effect.gen(function* () {
        const fields = new URLSearchParams(body)
        const texts = [...new Set(fields.keys())].map((name): [string, unknown] => {
          const values = fields.getAll(name)
          return [name, values.length === 1 ? values[0] : values]
        })
        assert.deepStrictEqual(yield* optionsOf(asJson(Object.fromEntries(texts))), decoded(options))
      }),
    )
  }

  it.effect("may be numbers, booleans, null and lists in JSON", () =>
    Effect.gen(function* () {
      const options = {
        quote: null,
        header: false,
        skipLines: 3,
        nullValues: [],
        maxBadRows: 5,
        comment: null,
      }
      assert.deepStrictEqual(yield* optionsOf(asJson(options)), decoded(options))
    }),
  )

  it.effect.prop(
    "reach the job unchanged, sent as JSON or as a form",
    { options: anyLoadOptions },
    ({ options }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* optionsOf(asJson(encoded(options))), options)
        assert.deepStrictEqual(yield* optionsOf(asForm(encoded(options))), options)
      }),
    { arbitrary: { runs: 100 } },
  )
})
