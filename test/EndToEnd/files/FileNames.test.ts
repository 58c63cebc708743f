import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import * as CsvServer from "../../support/CsvServer.ts"
import { TestService } from "../../support/TestService.ts"
import { load, post, rowsOf, serve, Service } from "./loadFiles.ts"

const refused = (path: string, body: Readonly<Record<string, unknown>>, detail: string) =>
  Effect.map(post(path, body), (answer) => {
    assert.strictEqual(answer.status, 400)
    assert.include(JSON.parse(answer.text).detail, detail)
  })

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "each of several files",
  (it) => {
    it.effect("name themselves in rejects, skipped lines, warnings and errors", () =>
      Effect.gen(function* () {
        const { api, origin } = yield* TestService
        const urls = yield* serve({
          "one.csv": "# note\nid,fare\n1,2\n2\n",
          "two.csv": "# other\n#more\nfare;id\n3;3\n4\n5;x\n",
        })
        const options = { columns: { id: { type: "integer" } }, maxBadRows: "100%" }
        const job = yield* load(urls, { ...options, tableName: "named" })
        assert.strictEqual(job.state, "completed", job.error?.message)
        const { body } = yield* api.get(`/job_rejects?jobId=${job.jobId}`)
        const rejects = (body as { rejects: ReadonlyArray<Record<string, unknown>> }).rejects
        assert.deepStrictEqual(
          rejects.map(({ column, fileUrl, line, raw, reason, record }) => [
            fileUrl,
            record,
            line,
            column,
            reason,
            raw,
          ]),
          [
            [urls[0], 2, 4, 2, "ragged_record", "2"],
            [urls[1], 4, 5, 2, "ragged_record", "4"],
            [urls[1], 5, 6, 2, "type_mismatch", "5;x"],
          ],
        )
        const skipped = yield* api.get(`/job_rejects?jobId=${job.jobId}&kind=skipped&limit=2`)
        assert.deepInclude(skipped.body, { next: 5, total: 3, kept: 3 })
        const rest = yield* api.get(`/job_rejects?jobId=${job.jobId}&kind=skipped&after=5`)
        assert.deepInclude((rest.body as { skipped: ReadonlyArray<unknown> }).skipped[0], {
          line: 2,
          raw: "#more",
          fileUrl: urls[1],
        })
        assert.deepStrictEqual(
          job.warnings
            ?.filter(({ code }) => code === "rejected_records")
            .map(({ line, message }) => [line, message.slice(0, message.indexOf(": "))]),
          [
            [4, `In ${urls[0]}`],
            [5, `In ${urls[1]}`],
          ],
        )
        const text = (query: string) =>
          HttpClient.get(`${origin}/job_rejects?jobId=${job.jobId}&format=source${query}`).pipe(
            Effect.flatMap((response) => response.text),
            Effect.provide(FetchHttpClient.layer),
          )
        assert.strictEqual(yield* text("&file=1"), "id,fare\n2\n")
        assert.strictEqual(yield* text("&file=2"), "fare;id\n4\n5;x\n")
        assert.include(yield* text(""), "give file=1 to file=2")
        const listed = yield* api.get("/tables")
        assert.deepNestedInclude(listed.body, { "tables[0].fileUrl": urls[0], "tables[0].fileUrls": urls })
        const failed = yield* load(urls, { ...options, onBadRow: "fail", maxBadRows: undefined })
        assert.deepInclude(failed.error, {
          code: "ragged_record",
          record: 2,
          line: 4,
          fileUrl: urls[0]!,
        })
        assert.match(failed.error?.message ?? "", new RegExp(`^In ${urls[0]}: `))
      }),
    )

    it.effect("are named by the values that keep a column from its type", () =>
      Effect.gen(function* () {
        const urls = yield* serve({ "good.csv": "id,n\n1,2\n2,3\n3,4\n", "odd.csv": "n,id\n5,4\nx,5\n" })
        const job = yield* load(urls, { tableName: "almost", types: "infer" })
        const [almost] = job.almostTyped ?? []
        assert.deepInclude(almost, { column: "n", line: 3, fileUrl: urls[1]! })
        assert.include(almost?.message, `line 3 of ${urls[1]}: "x"`)
      }),
    )

    it.effect("with secrets in their URLs are distinguished without them", () =>
      Effect.gen(function* () {
        const { files, sql } = yield* TestService
        yield* files.serve("/export", (exchange) =>
          CsvServer.file(`id\n${exchange.target.includes("key=one") ? 1 : 2}\n`)(exchange),
        )
        const urls = ["one", "two"].map((key) => files.url(`/export?key=${key}`))
        const job = yield* load(urls, { tableName: "secret", sourceColumn: "file" })
        const shown = [1, 2].map((n) => `${files.origin}/export?key=***#${n}`)
        assert.deepStrictEqual(job.fileUrls, shown)
        assert.deepStrictEqual(yield* rowsOf("secret"), [
          ["1", shown[0]],
          ["2", shown[1]],
        ])
        const kept = yield* sql`select job::text from sluice.job where id = ${job.jobId}`
        assert.notInclude(JSON.stringify(kept), "key=two")
        assert.isEmpty(yield* sql`select from sluice.job_secret where job_id = ${job.jobId}`)
      }),
    )

    it.effect("are repeated fields of a form, and a request with wrong ones is refused", () =>
      Effect.gen(function* () {
        const { api } = yield* TestService
        const [one = "", two = ""] = yield* serve({ "f1.csv": "id\n1\n", "f2.csv": "id\n2\n" })
        const form = new URLSearchParams([
          ["fileUrl", one],
          ["fileUrl", two],
          ["tableName", "form"],
        ])
        const { text } = yield* post("/download_file", form)
        const job = yield* api.reaches(JSON.parse(text).jobId, "completed", "failed")
        assert.deepStrictEqual(job.fileUrls, [one, two])
        const path = "/download_file"
        yield* refused(path, { fileUrl: [one, one] }, "file 2 is the same as file 1: give each file once")
        yield* refused(path, { fileUrl: [] }, "for 1 to 366 files")
        yield* refused(
          path,
          { fileUrl: Array.from({ length: 367 }, (_, n) => `http://h/${n}`) },
          "for 1 to 366 files",
        )
        yield* refused(path, { fileUrl: [one, "trips.csv"] }, "fileUrl is not an absolute URL")
        yield* refused("/sources", { fileUrl: [one, two], tableName: "s" }, "a source has one file")
      }),
    )

    it.effect("are previewed by the first one", () =>
      Effect.gen(function* () {
        const urls = yield* serve({ "p1.csv": "id,x\n1,2\n", "p2.csv": "id,x\n2,3\n" })
        const { text } = yield* post("/preview", { fileUrl: urls, sourceColumn: "file" })
        const preview = JSON.parse(text)
        assert.deepStrictEqual(preview.records, [["1", "2", urls[0]]])
        assert.deepInclude(preview.warnings[0], { code: "first_file_only" })
      }),
    )

    it.effect("may not have a column with the name of the column of files", () =>
      Effect.gen(function* () {
        const urls = yield* serve({ "own.csv": "id,file\n1,2\n" })
        const job = yield* load(urls, { sourceColumn: "file" })
        assert.strictEqual(job.error?.code, "columns_mismatch")
        assert.include(job.error?.message, 'has a column "file" of its own')
      }),
    )
  },
)
