import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { parse } from "csv-parse/sync"
import { JobId } from "../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../src/Domain/job/Progress.ts"
import type { KeptReject } from "../../../src/Domain/load/Reject.ts"
import type { KeptLine } from "../../../src/Domain/load/SkippedLine.ts"
import { prefersCsv } from "../../../src/Api/http/prefersCsv.ts"
import { type Answer, assertProblem, form, serveInMemory } from "../../support/ApiHarness.ts"
import { findings } from "../../support/SinkLoads.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"
import { assertRefused, type RefusedRequest } from "../../support/assertRefused.ts"

const unknownId = "00000000-0000-4000-8000-000000000000"

const reject = (record: number, raw = `r${record}`): KeptReject => ({
  record,
  line: record + 1,
  column: record % 2 === 0 ? null : 3,
  byteOffset: record * 100,
  reason: "ragged_record",
  message: 'the record has 2 fields, the header 3: give it one more, or "pad"',
  raw,
  rawBytes: raw.length,
  fileUrl: null,
})

const skippedLine = (line: number, raw = `# ${line}`): KeptLine => ({
  kind: "comment",
  line,
  byteOffset: line * 10,
  raw,
  rawBytes: raw.length,
  fileUrl: null,
})

/** A completed job with these rejects and skipped lines, created with the API's only key if it has one. */
const completed = Effect.fnUntraced(function* (
  rejects: ReadonlyArray<KeptReject>,
  skipped: ReadonlyArray<KeptLine> = [],
  apiKey?: string,
) {
  const apiKeys = apiKey === undefined ? [] : [apiKey]
  const call = yield* serveInMemory({ apiKeys })
  const jobs = yield* Jobs
  const queue = yield* JobQueue
  const memory = yield* JobsMemory.JobsMemory
  const request = form("fileUrl=http://localhost:8000/a.csv")
  const created = yield* call("/download_file", {
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${apiKey}` },
  })
  const jobId = JobId.make(String(created.json["jobId"]))
  const waiting = yield* call(`/job_rejects?jobId=${jobId}`)
  const claim = (yield* queue.claim(100)).find((load) => load.claim.jobId === jobId)?.claim
  if (claim === undefined) return yield* Effect.die("the job was not to be had")
  yield* jobs.begin([claim])
  yield* memory.complete(claim, {
    columns: [],
    counters: noCounters,
    rejects,
    skipped,
    findings: { ...findings, skipped: { comment: skipped.length, blank: 7 } },
  })
  return { call, jobId, waiting }
})

const recordsOf = (answer: Answer): ReadonlyArray<unknown> =>
  Array.isArray(answer.json["rejects"]) ? answer.json["rejects"].map((each) => each.record) : []

const query = (rest: string) => `/job_rejects?jobId=${unknownId}&${rest}`
const refused: ReadonlyArray<RefusedRequest> = [
  { what: "no jobId", path: "/job_rejects", issues: [["query", "jobId", "jobId is missing"]] },
  {
    what: "an unknown format",
    path: query("format=xml"),
    issues: [["query", "format", "json, csv or source"]],
  },
  { what: "an unknown kind", path: query("kind=lost"), issues: [["query", "kind", "rejects or skipped"]] },
  { what: "a limit of 0", path: query("limit=0"), issues: [["query", "limit", "from 1 to 1000"]] },
  { what: "a limit over 1000", path: query("limit=1001"), issues: [["query", "limit", "from 1 to 1000"]] },
  {
    what: "a negative after",
    path: query("after=-1"),
    issues: [["query", "after", "the `next` of the previous page"]],
  },
  {
    what: "an after that is not a number",
    path: query("after=end"),
    issues: [["query", "after", "the `next` of the previous page"]],
  },
  {
    what: "an after given twice",
    path: query("after=1&after=2"),
    issues: [["query", "after", "given once"]],
  },
  {
    what: "the file of another format than source",
    path: query("file=1"),
    issues: [["query", "file", "file is for format=source"]],
  },
  { what: "a misspelt field", path: query("limits=1"), issues: [["query", "limits", "did you mean limit?"]] },
]

layer(JobsMemory.layer)("the rejected records of a job", (it) => {
  it.effect("are returned as JSON, in the order of the file", () =>
    Effect.gen(function* () {
      const rejects = [reject(3), reject(8)]
      const { call, jobId } = yield* completed(rejects)
      const answer = yield* call(`/job_rejects?jobId=${jobId}`)
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual(answer.json, { jobId, state: "completed", rejects, next: null })
    }),
  )

  it.effect("are empty for a job without rejects and for one that has not completed", () =>
    Effect.gen(function* () {
      const { call, jobId, waiting } = yield* completed([])
      assert.deepStrictEqual(waiting.json, { jobId, state: "created", rejects: [], next: null })
      const answer = yield* call(`/job_rejects?jobId=${jobId}`)
      assert.deepStrictEqual(answer.json, { jobId, state: "completed", rejects: [], next: null })
      const csv = yield* call(`/job_rejects?jobId=${jobId}&format=csv`)
      assert.strictEqual(csv.text, "record,line,column,byteOffset,reason,message,raw,rawBytes,fileUrl\n")
    }),
  )

  it.effect("are returned in pages of a hundred, or of limit, until next is null", () =>
    Effect.gen(function* () {
      const all = Array.from({ length: 250 }, (_, n) => reject(2 * n + 1))
      const { call, jobId } = yield* completed(all)
      const first = yield* call(`/job_rejects?jobId=${jobId}`)
      assert.strictEqual(recordsOf(first).length, 100)
      assert.strictEqual(first.json["next"], 199)
      const found: Array<unknown> = []
      let next: unknown = 0
      while (next !== null) {
        const page: Answer = yield* call(`/job_rejects?jobId=${jobId}&after=${String(next)}&limit=60`)
        found.push(...recordsOf(page))
        next = page.json["next"]
      }
      assert.deepStrictEqual(
        found,
        all.map(({ record }) => record),
      )
    }),
  )

  it.effect("as CSV can be read by another parser, and have a link to the next page", () =>
    Effect.gen(function* () {
      const odd = ['a,"b"\r\nc', "a\rb", "\ufeffa", '"",""', "=cmd|' /C calc'!A0", "", "é🦆\\x00", '"']
      const all = odd.map((raw, n) => reject(n + 1, raw))
      const { call, jobId } = yield* completed(all)
      const found: Array<unknown> = []
      let path: string | undefined = `/job_rejects?jobId=${jobId}&format=csv&limit=3`
      while (path !== undefined) {
        const page: Answer = yield* call(path)
        assert.strictEqual(page.status, 200)
        assert.strictEqual(page.headers.get("content-type"), "text/csv; charset=utf-8; header=present")
        assert.strictEqual(
          page.headers.get("content-disposition"),
          `attachment; filename="rejects_${jobId}.csv"`,
        )
        assert.strictEqual(page.headers.get("x-content-type-options"), "nosniff")
        found.push(...parse(page.text, { columns: true }))
        path = /^<(.+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1]
      }
      assert.deepStrictEqual(
        found,
        all.map((each) =>
          Object.fromEntries(Object.entries(each).map(([name, value]) => [name, String(value ?? "")])),
        ),
      )
    }),
  )

  it.effect("are CSV if Accept prefers it, unless format is given", () =>
    Effect.gen(function* () {
      const { call, jobId } = yield* completed([reject(1)])
      const typeOf = (accept: string, rest = "") =>
        Effect.map(
          call(`/job_rejects?jobId=${jobId}${rest}`, { headers: { accept } }),
          (answer) => String(answer.headers.get("content-type")).split(";")[0],
        )
      assert.strictEqual(yield* typeOf("text/csv"), "text/csv")
      assert.strictEqual(yield* typeOf("text/csv", "&format=json"), "application/json")
      assert.strictEqual(yield* typeOf("application/json", "&format=csv"), "text/csv")
      assert.strictEqual(yield* typeOf("*/*"), "application/json")
      for (const [accept, expected] of [
        ["application/json;q=0.5, text/csv", true],
        ["TEXT/CSV; q=0.2, */*", true],
        ["text/csv;q=0", false],
        ["text/csv, application/json", false],
        ["image/png", false],
        ["text/csv;q=x", false],
      ] as const)
        assert.strictEqual(prefersCsv(accept), expected, accept)
    }),
  )

  it.effect("of an unknown job are 404", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      for (const format of ["json", "csv"])
        assertProblem(yield* call(query(`format=${format}`)), 404, "job_not_found")
    }),
  )

  it.effect("require an API key if keys are configured", () =>
    Effect.gen(function* () {
      const { call, jobId } = yield* completed([reject(1)], [], "k")
      assertProblem(yield* call(`/job_rejects?jobId=${jobId}`), 401, "unauthorized")
      const shown = yield* call(`/job_rejects?jobId=${jobId}`, { headers: { "x-api-key": "k" } })
      assert.deepStrictEqual(recordsOf(shown), [1])
    }),
  )

  it.effect("can be exchanged for the skipped lines, as JSON in pages", () =>
    Effect.gen(function* () {
      const lines = Array.from({ length: 5 }, (_, n) => skippedLine(3 * n + 1))
      const { call, jobId } = yield* completed([reject(1)], lines)
      const path = `/job_rejects?jobId=${jobId}&kind=skipped`
      const all = yield* call(path)
      assert.deepStrictEqual(all.json, {
        jobId,
        state: "completed",
        skipped: lines,
        total: 5,
        kept: 5,
        next: null,
      })
      const page = yield* call(`${path}&after=1&limit=2`)
      assert.deepStrictEqual([page.json["skipped"], page.json["next"]], [lines.slice(1, 3), 7])
      assert.deepStrictEqual(recordsOf(yield* call(`/job_rejects?jobId=${jobId}&kind=rejects`)), [1])
    }),
  )

  it.effect("can be exchanged for the skipped lines, as CSV with a link to the next page", () =>
    Effect.gen(function* () {
      const lines = ["# a", '# "b", c', "Total;3"].map((raw, n) => skippedLine(n + 1, raw))
      const { call, jobId } = yield* completed([], lines)
      const first = yield* call(`/job_rejects?jobId=${jobId}&kind=skipped&format=csv&limit=2`)
      assert.strictEqual(
        first.headers.get("content-disposition"),
        `attachment; filename="skipped_${jobId}.csv"`,
      )
      const path = /^<(.+)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1]
      const second = yield* call(path ?? "")
      assert.deepStrictEqual(
        [first, second].flatMap(({ text }) => parse(text, { columns: true })),
        lines.map((each) =>
          Object.fromEntries(Object.entries(each).map(([name, value]) => [name, String(value ?? "")])),
        ),
      )
      assert.isNull(second.headers.get("link"))
    }),
  )

  for (const request of refused) it.effect(`are refused with ${request.what}`, () => assertRefused(request))
})
