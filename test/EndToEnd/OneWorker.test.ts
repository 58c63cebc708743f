import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { LoadErrorCode } from "../../src/Domain/load/LoadError.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { TestService } from "../support/TestService.ts"

/** With two attempts, a temporary failure is retried once and soon becomes final. */
const Service = TestService.layerWithWorker({
  MAX_ATTEMPTS: "2",
  MAX_RECORD_SIZE: "64 KiB",
  MAX_FILE_SIZE: "1 MiB",
})

const long = (letter: string) => letter.repeat(80)

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the service with one worker",
  (it) => {
    it.effect("a posted URL becomes a table with the file's rows", () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        yield* files.serve("/data/tripsdata.csv", CsvServer.file('id,name,note\n1,Ann,\n2,"B, ""Bob""",""\n'))
        const posted = yield* api.post(files.url("/data/tripsdata.csv"))
        assert.strictEqual(posted.status, 202)
        const jobId = yield* api.create(files.url("/data/tripsdata.csv"))
        const job = yield* api.until(jobId, ({ state }) => state === "completed")
        assert.match(job.table, /^tripsdata_\d{10}(_2)?$/)
        assert.strictEqual(job.attempt, 1)
        assert.deepStrictEqual(
          [job.progress.percent, job.progress.rowsLoaded, job.progress.rowsRejected, job.error],
          [100, 2, 0, null],
        )
        assert.deepStrictEqual(yield* sql`select * from ${sql(job.table)}`, [
          { id: "1", name: "Ann", note: null },
          { id: "2", name: 'B, "Bob"', note: "" },
        ])
        const cancelled = yield* api.cancel(jobId)
        assert.strictEqual(cancelled.status, 409)
      }),
    )

    it.effect("the Location header of a new job links to its status", () =>
      Effect.gen(function* () {
        const { api, files } = yield* TestService
        yield* files.serve("/located.csv", CsvServer.file("a\n1\n"))
        const posted = yield* api.post(files.url("/located.csv"))
        const followed = yield* api.get(posted.location ?? "")
        assert.strictEqual(followed.status, 200)
        assert.deepInclude(followed.body, posted.body)
      }),
    )

    it.effect("a file with hostile names in its URL and header is loaded", () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        const name = '"; drop table x; --.csv'
        const path = `/${encodeURIComponent(name)}`
        const header = ["select", '"""a"""', "select", "", long("é"), long("é"), "ctid"]
        yield* files.serve(path, CsvServer.file(`\u{FEFF}${header.join(",")}\r\n1,2,3,4,5,6,7\r\n`))
        const job = yield* api.reaches(yield* api.create(files.url(path)), "completed", "failed")
        assert.match(job.table, /^drop_table_x_\d{10}$/)
        assert.deepStrictEqual(job.columns?.map((column) => column.name).slice(0, 4), [
          "select",
          '"a"',
          "select_2",
          "column_4",
        ])
        const [row] = yield* sql<Record<string, string>>`select * from ${sql(job.table)}`
        assert.deepStrictEqual(Object.values(row ?? {}), ["1", "2", "3", "4", "5", "6", "7"])
      }),
    )

    it.effect("a file with only a header becomes an empty table", () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        yield* files.serve("/header.csv", CsvServer.file("a,b"))
        const job = yield* api.reaches(yield* api.create(files.url("/header.csv")), "completed", "failed")
        assert.deepStrictEqual([job.state, job.progress.rowsLoaded], ["completed", 0])
        assert.deepStrictEqual(yield* sql`select * from ${sql(job.table)}`, [])
      }),
    )

    const sources: Readonly<
      Record<
        string,
        {
          readonly answer: CsvServer.Answer
          readonly code: LoadErrorCode
          readonly place?: object
          readonly options?: Readonly<Record<string, unknown>>
        }
      >
    > = {
      "a missing file": { answer: CsvServer.status(404), code: "source_not_found" },
      "a forbidden file": { answer: CsvServer.status(403), code: "source_access_denied" },
      "a server with an internal error": { answer: CsvServer.status(500), code: "source_unavailable" },
      "an HTML page": {
        answer: CsvServer.file("<!DOCTYPE html><html><body>Sign in</body></html>", {
          "content-type": "text/html",
        }),
        code: "not_csv",
      },
      "an empty file": { answer: CsvServer.file(""), code: "empty_file" },
      "a record with too few fields": {
        answer: CsvServer.file("a,b\n1,2\n3\n"),
        code: "ragged_record",
        place: { record: 2, line: 3, column: 2 },
      },
      "a record with too many fields": {
        answer: CsvServer.file("a,b\n1,2\n1,2,3\n3,4\n5,6\n"),
        code: "ragged_record",
        place: { record: 2, line: 3, column: 3 },
      },
      "an unterminated quote": {
        answer: CsvServer.file('a,b\n1,"2\n3,4\n'),
        code: "unterminated_quote",
        place: { record: 1, line: 2, column: 2, byteOffset: 6 },
      },
      "a NUL byte": {
        answer: CsvServer.file("a\nx\0y\n"),
        code: "nul_byte",
        place: { record: 1, line: 2, column: 1, byteOffset: 3 },
      },
      "invalid UTF-8": {
        answer: CsvServer.file(Buffer.from([0x61, 0x0a, 0x31, 0x0a, 0xe9, 0x0a])),
        code: "invalid_utf8",
        place: { record: 2, line: 3, column: 1, byteOffset: 4 },
      },
      "two thousand columns": {
        answer: CsvServer.file(`${Array.from({ length: 2000 }, (_, n) => `c${n}`).join(",")}\n`),
        code: "too_many_columns",
      },
      "a record over MAX_RECORD_SIZE": {
        answer: CsvServer.file(`a\n${"x".repeat(70_000)}\n`),
        code: "record_too_large",
      },
      "a file with a fifth of its records rejected": {
        answer: CsvServer.file(`a,b\n${"1,2\n3,4\n5,6\n7,8\n9\n".repeat(10)}`),
        code: "too_many_bad_rows",
        place: { record: 5, line: 6, column: 2 },
        options: {},
      },
      "a file with more rejects than maxBadRows": {
        answer: CsvServer.file("a,b\n1,2\n3\n4,5\n6\n"),
        code: "too_many_bad_rows",
        place: { record: 2, line: 3 },
        options: { maxBadRows: 1 },
      },
      "a file over MAX_FILE_SIZE": {
        answer: CsvServer.file("a\n".repeat(600_000)),
        code: "source_too_large",
      },
      "a body shorter than its Content-Length": {
        answer: (exchange) =>
          exchange
            .head(200, { "content-length": 100 })
            .pipe(Effect.andThen(exchange.send("a,b\n1,2\n")), Effect.andThen(exchange.cut)),
        code: "source_interrupted",
      },
      "a reset connection": { answer: (exchange) => exchange.reset, code: "source_unreachable" },
    }
    // These files are too small for detection, and rejects would hide the error.
    const strictOptions = { delimiter: ",", quote: '"', encoding: "utf-8", onBadRow: "fail" }
    for (const [what, { answer, code, options = strictOptions, place }] of Object.entries(sources))
      it.effect(`${what} fails the job with ${code} and leaves no table`, () =>
        Effect.gen(function* () {
          const { api, files, tables, loadingBackends } = yield* TestService
          yield* files.serve("/bad.csv", answer)
          const jobId = yield* api.create(files.url("/bad.csv"), options)
          const job = yield* api.reaches(jobId, "completed", "failed")
          assert.deepStrictEqual([job.state, job.error?.code], ["failed", code])
          assert.isNotEmpty(job.error?.message)
          assert.deepInclude(job.error, place ?? {})
          assert.strictEqual(job.progress.rowsLoaded, 0)
          assert.notInclude(yield* tables, job.table)
          assert.strictEqual(yield* loadingBackends, 0)
        }),
      )

    it.effect("unknown, unreachable and forbidden hosts fail the job", () =>
      Effect.gen(function* () {
        const { api } = yield* TestService
        const failed = Effect.fnUntraced(function* (url: string) {
          const job = yield* api.reaches(yield* api.create(url), "completed", "failed")
          return job.error?.code
        })
        assert.strictEqual(yield* failed("http://no-such-host.invalid/a.csv"), "source_unknown_host")
        assert.strictEqual(yield* failed("http://127.0.0.1:1024/a.csv"), "source_unreachable")
        assert.strictEqual(yield* failed("http://127.0.0.1:22/a.csv"), "address_forbidden")
        assert.strictEqual(yield* failed("http://10.0.0.1/a.csv"), "address_forbidden")
        assert.strictEqual(yield* failed("http://169.254.169.254/latest/meta-data"), "address_forbidden")
      }),
    )

    it.effect("credentials in a URL are used for the download and masked in the API", () =>
      Effect.gen(function* () {
        const { api, files } = yield* TestService
        yield* files.serve("/private.csv", CsvServer.file("a\n1\n"))
        const url = files.url("/private.csv?sig=topsecret").replace("http://", "http://user:hunter2@")
        const job = yield* api.reaches(yield* api.create(url), "completed", "failed")
        assert.strictEqual(job.state, "completed")
        const status = JSON.stringify((yield* api.get(`/job_status?jobId=${job.jobId}`)).body)
        assert.notMatch(status, /hunter2|topsecret/)
        assert.strictEqual(
          files.received("/private.csv")[0]?.headers.authorization,
          `Basic ${Buffer.from("user:hunter2").toString("base64")}`,
        )
      }),
    )
  },
)
