import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { gzipSync } from "node:zlib"
import * as CsvServer from "../../support/CsvServer.ts"
import { TestService } from "../../support/TestService.ts"
import { load, post, rowsOf, serve, Service } from "./loadFiles.ts"

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("several files", (it) => {
  it.effect("become one table, in any format and with their columns in any order", () =>
    Effect.gen(function* () {
      const urls = yield* serve({
        "may.csv": 'id,city,"km, total"\n1,Ulm,5\n2,,6\n',
        "june.csv": CsvServer.file(gzipSync(Buffer.from("km, total;id;city\r\n7;3;Köln\r\n", "latin1")), {
          "content-encoding": "gzip",
        }),
        "july.csv": '# of July\nid\tcity\tkm, total\n4\t"Bad\tEms"\t8\n5\t""\t9\n',
      })
      const job = yield* load(urls, { tableName: "trips", sourceColumn: "file" })
      assert.deepStrictEqual([job.state, job.error], ["completed", null])
      assert.deepStrictEqual(job.fileUrls, urls)
      assert.strictEqual(job.fileUrl, urls[0])
      assert.deepStrictEqual(yield* rowsOf("trips"), [
        ["1", "Ulm", "5", urls[0]],
        ["2", null, "6", urls[0]],
        ["3", "Köln", "7", urls[1]],
        ["4", "Bad\tEms", "8", urls[2]],
        ["5", "", "9", urls[2]],
      ])
      assert.deepStrictEqual(
        job.files?.map(({ compression, dialect, encoding, fileUrl, rows }) => [
          fileUrl,
          rows,
          compression,
          dialect.delimiter,
          encoding,
        ]),
        [
          [urls[0], 2, null, ",", "utf-8"],
          [urls[1], 1, "gzip", ";", "windows-1252"],
          [urls[2], 2, null, "\t", "utf-8"],
        ],
      )
      assert.deepInclude(job.progress, { rowsLoaded: 5, rowsRejected: 0, file: 3, percent: 100 })
      assert.deepStrictEqual(job.lines, { total: 9, header: 3, rows: 5, rejects: 0 })
    }),
  )

  it.effect("fail together, with both sides named, if their columns differ", () =>
    Effect.gen(function* () {
      const { tables } = yield* TestService
      const urls = yield* serve({ "a.csv": "id,fare\n1,2\n", "b.csv": "id,fee,tip\n1,2,3\n" })
      const job = yield* load(urls, { tableName: "differ" })
      assert.deepStrictEqual([job.state, job.error?.code], ["failed", "columns_mismatch"])
      assert.include(job.error?.message, `${urls[1]} has "fee", "tip", which ${urls[0]} has not`)
      assert.include(job.error?.message, `${urls[0]} has "fare", which ${urls[1]} has not`)
      assert.notInclude(yield* tables, "differ")
      const common = yield* load(urls, {
        tableName: "differ",
        columns: { id: "id" },
        otherColumns: "skip",
        sourceColumn: "from",
      })
      assert.strictEqual(common.state, "completed", common.error?.message)
      assert.deepStrictEqual(yield* rowsOf("differ", "2"), [
        ["1", urls[0]],
        ["1", urls[1]],
      ])
    }),
  )

  it.effect("have types that the values of all of them fit", () =>
    Effect.gen(function* () {
      const urls = yield* serve({
        "whole.csv": "id,n\n1,1\n",
        "point.csv": "n,id\n2.5,2\n",
        "text.csv": "id,n\nx,3\n",
      })
      const job = yield* load(urls, { tableName: "widened", types: "infer" })
      assert.strictEqual(job.state, "completed", job.error?.message)
      assert.deepStrictEqual(
        job.columns?.map(({ type }) => type),
        ["text", "numeric"],
      )
      assert.deepStrictEqual(yield* rowsOf("widened"), [
        ["1", "1"],
        ["2", "2.5"],
        ["x", "3"],
      ])
    }),
  )

  it.effect("are appended, replace rows and update them as one file does", () =>
    Effect.gen(function* () {
      const [first = "", second = "", third = ""] = yield* serve({
        "m1.csv": "id,n\n1,a\n2,b\n",
        "m2.csv": "n,id\nc,3\n",
        "m3.csv": "id,n\n2,B\n4,d\n",
      })
      const table = { tableName: "merged" }
      const upsert = { ...table, mode: "upsert", key: "id" }
      yield* load([first, second], { ...table, primaryKey: "id" })
      const updated = yield* load([second, third], upsert)
      assert.deepInclude(updated.changes, { inserted: 1, updated: 1, unchanged: 1 })
      const twice = yield* load([first, third], upsert)
      assert.strictEqual(twice.error?.code, "duplicate_key")
      assert.include(twice.error?.message, `Record 3 is number 1 of ${third}.`)
      const last = yield* load([third, first], { ...upsert, onDuplicateKey: "last" })
      assert.strictEqual(last.state, "completed", last.error?.message)
      assert.deepStrictEqual(yield* rowsOf("merged"), [
        ["1", "a"],
        ["2", "b"],
        ["3", "c"],
        ["4", "d"],
      ])
      const appended = yield* load([first, second], { ...table, mode: "append" })
      assert.strictEqual(appended.error?.code, "constraint_violated")
      const replaced = yield* load([first, second], { ...table, mode: "replace" })
      assert.deepInclude(replaced.changes, { inserted: 3, deleted: 4 })
    }),
  )

  it.effect("leave nothing if one of them fails, and the error names it", () =>
    Effect.gen(function* () {
      const { tables } = yield* TestService
      const urls = yield* serve({ "here.csv": "id\n1\n", "gone.csv": CsvServer.status(404) })
      const job = yield* load(urls, { tableName: "partly" })
      assert.deepStrictEqual([job.state, job.error?.code], ["failed", "source_not_found"])
      assert.include(job.error?.message, `In ${urls[1]}: `)
      assert.notInclude(yield* tables, "partly")
    }),
  )

  it.effect("report which one is read, and are retried from the first one", () =>
    Effect.gen(function* () {
      const { api, files } = yield* TestService
      const urls = yield* serve({ "first.csv": "id\n1\n", "slow.csv": CsvServer.byHand })
      const { text } = yield* post("/download_file", { fileUrl: urls, tableName: "slow" })
      const { jobId } = JSON.parse(text)
      const exchange = yield* files.request("/slow.csv")
      const job = yield* api.until(jobId, ({ progress }) => progress.file === 1 && progress.bytesReceived > 0)
      assert.deepInclude(job.progress, { bytesTotal: null, percent: null })
      yield* files.serve("/slow.csv", CsvServer.file("id\n2\n"))
      yield* CsvServer.status(503, { "retry-after": "0" })(exchange)
      const ended = yield* api.reaches(jobId, "completed", "failed")
      assert.deepStrictEqual([ended.state, ended.attempt], ["completed", 2])
      assert.deepInclude(ended.progress, { bytesTotal: 10, file: 2, rowsLoaded: 2 })
      assert.lengthOf(files.received("/first.csv"), 2)
    }),
  )
})
