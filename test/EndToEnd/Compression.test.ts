import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import type { LoadErrorCode } from "../../src/Domain/load/LoadError.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { TestService } from "../support/TestService.ts"
import { zipFile } from "../support/ZipFile.ts"

const Service = TestService.layerWithWorker({ MAX_ATTEMPTS: "1", MAX_DECODED_SIZE: "4 MiB" })

const rows = 20_000
const csv = `id,name\n${Array.from({ length: rows }, (_, n) => `${n},"Name ${n}, with a comma"\n`).join("")}`

const encoded = (coding: string, body: Uint8Array) => CsvServer.file(body, { "content-encoding": coding })

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("compressed files", (it) => {
  const kinds: Readonly<Record<string, { readonly answer: CsvServer.Answer; readonly compression: string }>> =
    {
      "with gzip by the server": { answer: encoded("gzip", zlib.gzipSync(csv)), compression: "gzip" },
      "with deflate by the server": {
        answer: encoded("deflate", zlib.deflateSync(csv)),
        compression: "deflate",
      },
      "with Brotli by the server": { answer: encoded("br", zlib.brotliCompressSync(csv)), compression: "br" },
      "with zstd by the server": { answer: encoded("zstd", zlib.zstdCompressSync(csv)), compression: "zstd" },
      "as a .gz": { answer: CsvServer.file(zlib.gzipSync(csv)), compression: "gzip" },
      "as a .gz, and again with gzip by the server": {
        answer: encoded("gzip", zlib.gzipSync(zlib.gzipSync(csv))),
        compression: "gzip+gzip",
      },
      "as a .zst": { answer: CsvServer.file(zlib.zstdCompressSync(csv)), compression: "zstd" },
      "as a .zip": {
        answer: CsvServer.file(zipFile([{ name: "data/people.csv", body: csv, descriptor: "plain" }])),
        compression: "zip",
      },
    }
  for (const [how, { answer, compression }] of Object.entries(kinds))
    it.effect(`a file compressed ${how} is loaded`, () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        yield* files.serve("/people.csv.gz", answer)
        const job = yield* api.reaches(yield* api.create(files.url("/people.csv.gz")), "completed", "failed")
        assert.deepStrictEqual(
          [job.state, job.compression, job.progress.rowsLoaded, job.progress.percent],
          ["completed", compression, rows, 100],
        )
        assert.strictEqual(job.progress.bytesReceived, job.progress.bytesTotal)
        assert.isBelow(job.progress.bytesReceived, csv.length / 2)
        assert.match(job.table, /^people_\d{10}/)
        assert.deepStrictEqual(yield* sql`select count(*)::int as n, max(name) from ${sql(job.table)}`, [
          { n: rows, max: "Name 9999, with a comma" },
        ])
      }),
    )

  const failures: Readonly<
    Record<
      string,
      {
        readonly answer: CsvServer.Answer
        readonly code: LoadErrorCode
        readonly message: string
        readonly compression?: string
      }
    >
  > = {
    "a truncated .gz": {
      answer: CsvServer.file(zlib.gzipSync(csv).subarray(0, -9)),
      code: "corrupt_compression",
      message: "truncated",
      compression: "gzip",
    },
    "a file that exceeds MAX_DECODED_SIZE": {
      answer: CsvServer.file(zlib.gzipSync(csv.repeat(10))),
      code: "source_too_large",
      message: "MAX_DECODED_SIZE",
      compression: "gzip",
    },
    "an archive with two CSV files": {
      answer: CsvServer.file(
        zipFile([
          { name: "a.csv", body: csv },
          { name: "b.csv", body: csv },
        ]),
      ),
      code: "not_csv",
      message: `"a.csv", "b.csv"`,
      compression: "zip",
    },
    "an Excel workbook": {
      answer: CsvServer.file(zipFile([{ name: "[Content_Types].xml", body: "<Types/>" }])),
      code: "not_csv",
      message: "Excel",
    },
    "a bzip2 file": {
      answer: CsvServer.file(Buffer.from("BZh91AY&SY\0\0\0\0")),
      code: "not_csv",
      message: "bzip2",
    },
    "a compressed file with bad rows": {
      answer: CsvServer.file(zlib.gzipSync("a,b\n1,2\n3\n4\n")),
      code: "too_many_bad_rows",
      message: "line 3",
      compression: "gzip",
    },
  }
  for (const [what, { answer, code, message, compression = null }] of Object.entries(failures))
    it.effect(`${what} fails the job with ${code} and leaves no table`, () =>
      Effect.gen(function* () {
        const { api, files, tables, loadingBackends } = yield* TestService
        yield* files.serve("/bad.csv", answer)
        const job = yield* api.reaches(yield* api.create(files.url("/bad.csv")), "completed", "failed")
        assert.deepStrictEqual([job.state, job.error?.code, job.compression], ["failed", code, compression])
        assert.include(job.error?.message, message)
        assert.notInclude(yield* tables, job.table)
        assert.strictEqual(yield* loadingBackends, 0)
      }),
    )
})
