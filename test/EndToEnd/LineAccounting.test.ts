import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { RejectsPage, SkippedPage } from "../../src/Api/contract/JobRejects.ts"
import { PreviewResource } from "../../src/Api/contract/PreviewApi.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { TestService } from "../support/TestService.ts"

const Service = TestService.layerWithWorker({ MAX_ATTEMPTS: "1" })

const decodePreview = Schema.decodeUnknownEffect(Schema.toCodecJson(PreviewResource))
const decodeRejects = Schema.decodeUnknownEffect(Schema.toCodecJson(RejectsPage))
const decodeSkipped = Schema.decodeUnknownEffect(Schema.toCodecJson(SkippedPage))

/** Every kind of line that there is, in this order. */
const lines = [
  "Visits per museum, 2023 and 2024",
  "",
  "# exported by hand, on a Friday",
  "id;museum;visits",
  ...Array.from({ length: 40 }, (_, n) => `${n + 1};Museum ${n + 1};${1000 + n}`),
  "# closed, since May",
  '41;"Museum of',
  'Two Lines";17',
  "  ",
  "42;Museum 42;18;surplus;cells",
  "",
  "43;Museum 43;19",
  "",
  "Total;66,000",
  "Source: the museums",
]

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("the lines of a file", (it) => {
  it.effect("are all accounted for, as the API alone proves", () =>
    Effect.gen(function* () {
      const { api, files } = yield* TestService
      yield* files.serve("/museums.csv", CsvServer.file(lines.map((line) => `${line}\r\n`).join("")))
      const jobId = yield* api.create(files.url("/museums.csv"))
      const job = yield* api.reaches(jobId, "completed", "failed")
      assert.strictEqual(job.state, "completed", job.error?.message)
      const rejects = yield* decodeRejects((yield* api.get(`/job_rejects?jobId=${jobId}`)).body)
      const skipped = yield* decodeSkipped((yield* api.get(`/job_rejects?jobId=${jobId}&kind=skipped`)).body)

      assert.deepStrictEqual(job.lines, { total: lines.length, header: 1, rows: 43, rejects: 1 })
      assert.deepStrictEqual(job.skipped, { preamble: 1, comment: 2, blank: 4, footer: 2 })
      assert.deepStrictEqual([job.progress.rowsLoaded, job.progress.rowsRejected], [42, 1])

      // Nothing but blank lines, the header and the rows is missing in what can be read.
      assert.deepStrictEqual([skipped.total, skipped.kept, skipped.next], [5, 5, null])
      for (const { line, raw } of [...skipped.skipped, ...rejects.rejects])
        assert.strictEqual(raw, lines[line - 1])
      assert.deepStrictEqual(
        skipped.skipped.map(({ kind, line }) => [kind, line]),
        [
          ["preamble", 1],
          ["comment", 3],
          ["comment", 45],
          ["footer", 53],
          ["footer", 54],
        ],
      )
      assert.deepStrictEqual(
        rejects.rejects.map(({ line }) => line),
        [49],
      )
    }),
  )

  it.effect("are reported by a preview as by the job, with the same warnings", () =>
    Effect.gen(function* () {
      const { api, files } = yield* TestService
      const text = lines.map((line) => `${line}\n`).join("")
      yield* files.serve(
        "/museums.csv",
        CsvServer.file(Buffer.from(text.replaceAll("Museum ", "Musée "), "latin1")),
      )
      const fileUrl = files.url("/museums.csv")
      const job = yield* api.reaches(yield* api.create(fileUrl), "completed", "failed")
      const { body } = yield* api.preview(fileUrl)
      const preview = yield* decodePreview(body)
      const { dialect, encoding, encodingGuess, lines: counts, repairs, skipped, warnings } = job
      assert.deepStrictEqual<object>(
        { dialect, encoding, encodingGuess, lines: counts, repairs, skipped, warnings },
        {
          dialect: preview.dialect,
          encoding: preview.encoding,
          encodingGuess: preview.encodingGuess,
          lines: preview.lines,
          repairs: preview.repairs,
          skipped: preview.skipped,
          warnings: preview.warnings,
        },
      )
      assert.includeMembers(warnings?.map(({ code }) => code) ?? [], [
        "rejected_records",
        "preamble",
        "comments",
        "footer",
        "skipped_cells",
      ])
      assert.deepStrictEqual(
        preview.skippedLines.map(({ line }) => line),
        [1, 3, 45, 53, 54],
      )
    }),
  )
})
