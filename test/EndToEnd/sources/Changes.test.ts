import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CsvServer from "../../support/CsvServer.ts"
import * as SourceClient from "../../support/SourceClient.ts"
import { TestService } from "../../support/TestService.ts"

/** Milliseconds for a test that starts a process and runs several jobs. */
const patience = 120_000

/** Serves a version of a file, and 304 to requests for another one. */
const versioned =
  (etag: string, text: string): CsvServer.Answer =>
  (exchange) =>
    (exchange.headers["if-none-match"] === etag
      ? CsvServer.status(304, { etag })
      : CsvServer.file(text, { etag }))(exchange)

/** Says that the file has not changed, whatever the client knows. */
const lies: CsvServer.Answer = (exchange) =>
  ("if-none-match" in exchange.headers
    ? CsvServer.status(304)
    : CsvServer.file("id,n\n1,truth\n", { etag: '"new"' }))(exchange)

/** Serves a file with its time, and 304 to requests with any time. */
const dated =
  (text: string, modified: string): CsvServer.Answer =>
  (exchange) =>
    ("if-modified-since" in exchange.headers
      ? CsvServer.status(304)
      : CsvServer.file(text, { "last-modified": modified }))(exchange)

const Service = TestService.layerWithWorker()

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("a source", (it) => {
  it.effect(
    "is loaded if it has changed, by what its server says and by its content",
    () =>
      Effect.gen(function* () {
        const { files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        const path = "/changing.csv"
        const rows = sql`select id, n from changing order by 1`
        yield* files.serve(path, versioned('"1"', "id,n\n1,a\n2,b\n"))
        const { job, source } = yield* sources.createAndRun(files.url(path), {
          tableName: "changing",
          every: "1h",
        })
        assert.deepInclude(job, { unchanged: false, sourceId: source.sourceId, mode: "replace" })
        const run = sources.run(source.sourceId)

        const same = yield* run
        assert.deepInclude(same, { state: "completed", unchanged: true })
        assert.strictEqual(same.progress.bytesReceived, 0)
        assert.strictEqual(files.received(path).at(-1)?.headers["if-none-match"], '"1"')

        // Another ETag, the same bytes.
        yield* files.serve(path, versioned('"2"', "id,n\n1,a\n2,b\n"))
        assert.deepInclude(yield* run, { state: "completed", unchanged: true })
        assert.deepInclude(yield* run, { state: "completed", unchanged: true })
        assert.strictEqual(files.received(path).at(-1)?.headers["if-none-match"], '"2"')
        assert.deepInclude(yield* sources.find(source.sourceId), { unchangedRuns: 3 })

        // The same ETag is not sent again: the server has a new one.
        yield* files.serve(path, versioned('"3"', "id,n\n7,x\n8,y\n9,z\n"))
        const changed = yield* run
        assert.deepInclude(changed, { state: "completed", unchanged: false })
        assert.deepInclude(changed.changes, { inserted: 3, deleted: 2 })
        assert.deepStrictEqual(yield* rows, [
          { id: "7", n: "x" },
          { id: "8", n: "y" },
          { id: "9", n: "z" },
        ])
        assert.deepInclude(yield* sources.find(source.sourceId), { unchangedRuns: 0, failures: 0 })

        // Gone: the run fails, the table stays.
        yield* files.serve(path, CsvServer.status(404))
        const gone = yield* run
        assert.strictEqual(gone.error?.code, "source_not_found")
        assert.lengthOf(yield* rows, 3)
        assert.deepInclude(yield* sources.find(source.sourceId), { failures: 1, state: "active" })

        // Back, as it was.
        yield* files.serve(path, versioned('"4"', "id,n\n7,x\n8,y\n9,z\n"))
        assert.deepInclude(yield* run, { unchanged: true })
        assert.deepInclude(yield* sources.find(source.sourceId), { failures: 0 })

        // Shrunk: loaded, with a warning.
        yield* files.serve(path, versioned('"5"', "id,n\n7,x\n"))
        const shrunk = yield* run
        assert.deepInclude(shrunk, { state: "completed", unchanged: false })
        assert.include(
          (shrunk.warnings ?? []).map(({ code }) => code),
          "fewer_rows",
        )
        assert.lengthOf(yield* rows, 1)

        // Without its table, and after others have changed it, nothing is known of the version.
        yield* sql`drop table changing`
        assert.deepInclude(yield* run, { state: "completed", unchanged: false })
        assert.isUndefined(files.received(path).at(-1)?.headers["if-none-match"])
        const { api } = yield* TestService
        yield* files.serve("/other.csv", CsvServer.file("id,n\n0,other\n"))
        const other = yield* api.create(files.url("/other.csv"), { tableName: "changing", mode: "replace" })
        yield* api.reaches(other, "completed")
        assert.deepInclude(yield* run, { state: "completed", unchanged: false })
        assert.deepStrictEqual(yield* rows, [{ id: "7", n: "x" }])
      }),
    patience,
  )

  it.effect(
    "loads the same file again once its options read it in another way, and with other headers",
    () =>
      Effect.gen(function* () {
        const { files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        yield* files.serve("/read.csv", versioned('"1"', "id,n\n1,-\n"))
        const fileUrl = files.url("/read.csv")
        const { source } = yield* sources.createAndRun(fileUrl, {
          tableName: "reread",
          every: "1h",
          headers: { "X-Token": "first" },
        })
        const run = sources.run(source.sourceId)
        const change = (body: object) => sources.ask("PATCH", `/${source.sourceId}`, body)
        const sent = () => files.received("/read.csv").at(-1)?.headers ?? {}
        const changed = yield* change({
          nullValues: ["-"],
          headers: { "X-Token": "second" },
          cron: "0 6 * * *",
        })
        assert.strictEqual(changed.status, 200)
        assert.deepInclude(changed.body, { every: null, cron: "0 6 * * *", fileUrl: source.fileUrl })
        assert.deepInclude(changed.body.options, { mode: "replace", nullValues: ["-"] })
        assert.deepInclude(yield* run, { state: "completed", unchanged: false })
        assert.deepInclude(sent(), { "x-token": "second" })
        assert.notProperty(sent(), "if-none-match")
        assert.deepStrictEqual(yield* sql`select n from reread`, [{ n: null }])

        yield* change({ unset: ["headers", "cron"], timeout: 30 })
        assert.deepInclude(yield* run, { unchanged: true })
        assert.notProperty(sent(), "x-token")
        assert.deepInclude(yield* sources.find(source.sourceId), { cron: null, nextRunAt: null })

        for (const [body, words] of [
          [{ fileUrl: files.url("/other.csv"), headers: {} }, /fileUrl must be .*read\.csv/],
          [{ tableName: "other" }, /tableName must be reread/],
          [{ mode: "upsert" }, /key is missing/],
          [{ every: "1h", unset: ["every"] }, /unset names every, which is given/],
          [{ timezone: "Europe/Madrid" }, /timezone is for cron/],
          [{ every: "1s" }, /every must leave at least/],
        ] as const) {
          const refused = yield* change(body)
          assert.strictEqual(refused.status, 400)
          assert.match(refused.body.detail, words)
        }
      }),
    patience,
  )

  it.effect(
    "is read again although its server says that it has not changed, when it has said so for a day or ten times",
    () =>
      Effect.gen(function* () {
        const { files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        yield* files.serve("/lies.csv", CsvServer.file("id,n\n1,old\n", { etag: '"old"' }))
        const { source } = yield* sources.createAndRun(files.url("/lies.csv"), { tableName: "lies" })
        yield* files.serve("/lies.csv", lies)
        const run = sources.run(source.sourceId)
        for (let n = 0; n < 10; n++) assert.deepInclude(yield* run, { unchanged: true })
        assert.deepInclude(yield* run, { state: "completed", unchanged: false })
        assert.deepStrictEqual(yield* sql`select n from lies`, [{ n: "truth" }])
        assert.strictEqual((yield* run).progress.bytesReceived, 0)
        // A day later.
        yield* sql`update sluice.source set read_at = read_at - interval '1 day' where id = ${source.sourceId}`
        const read = yield* run
        assert.isTrue(read.unchanged)
        assert.isAbove(read.progress.bytesReceived, 0)
      }),
    patience,
  )

  it.effect(
    "sends what it knows of a file only to the place that the file came from",
    () =>
      Effect.gen(function* () {
        const { files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        const lead = (path: string) =>
          files.serve("/latest.csv", CsvServer.status(302, { location: `${files.url(path)}?signed=1` }))
        yield* files.serve("/new.csv", dated("id\n1\n", "Tue, 01 Jan 2030 00:00:00 GMT"))
        // Older than the first one.
        yield* files.serve("/corrected.csv", dated("id\n2\n", "Mon, 01 Jan 2029 00:00:00 GMT"))
        yield* lead("/new.csv")
        const { source } = yield* sources.createAndRun(files.url("/latest.csv"), { tableName: "led" })
        const run = sources.run(source.sourceId)
        const same = yield* run
        assert.deepInclude(same, { unchanged: true })
        assert.strictEqual(same.progress.bytesReceived, 0)
        assert.notProperty(files.received("/latest.csv").at(-1)?.headers, "if-modified-since")
        yield* lead("/corrected.csv")
        assert.deepInclude(yield* run, { state: "completed", unchanged: false })
        assert.deepStrictEqual(yield* sql`select id from led`, [{ id: "2" }])
      }),
    patience,
  )

  it.effect(
    "that appends loads a changed file only, also if others load into its table",
    () =>
      Effect.gen(function* () {
        const { files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        const append = { tableName: "log", mode: "append", types: "infer" }
        const started = Effect.fnUntraced(function* (name: string) {
          yield* files.serve(`/${name}.csv`, CsvServer.file(`id,name\n1,${name}\n`))
          const { job, source } = yield* sources.createAndRun(files.url(`/${name}.csv`), append)
          assert.strictEqual(job.state, "completed", job.error?.message)
          return source.sourceId
        })
        const runOf = { a: yield* started("a"), b: yield* started("b") }
        assert.lengthOf(yield* sql`select * from log`, 2)
        for (const name of ["a", "b", "a"] as const)
          assert.deepInclude(yield* sources.run(runOf[name]), { unchanged: true })
        yield* files.serve("/a.csv", CsvServer.file("id,name\n2,a\n"))
        assert.deepInclude(yield* sources.run(runOf.a), { unchanged: false })
        // Unchanged runs have left no dead rows before it.
        assert.deepStrictEqual(yield* sql`select ctid::text from log order by ctid`, [
          { ctid: "(0,1)" },
          { ctid: "(0,2)" },
          { ctid: "(0,3)" },
        ])
        // Another program makes the table again, which lacks the rows of both.
        yield* sql`drop table log`
        yield* sql`create table log (id bigint, name text)`
        yield* sql`grant all on log to sluice_tables`
        for (const name of ["a", "b"] as const) {
          assert.deepInclude(yield* sources.run(runOf[name]), { error: null, unchanged: false })
          assert.deepInclude(yield* sources.run(runOf[name]), { unchanged: true })
        }
        assert.lengthOf(yield* sql`select * from log`, 2)
      }),
    patience,
  )

  it.effect(
    "that upserts loads its file again if others have loaded into its table, or made it again",
    () =>
      Effect.gen(function* () {
        const { api, files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        const upsert = { tableName: "merged", mode: "upsert", key: "id" }
        yield* files.serve("/mine.csv", CsvServer.file("id,name\n1,mine\n"))
        yield* files.serve("/theirs.csv", CsvServer.file("id,name\n1,theirs\n"))
        const { source } = yield* sources.createAndRun(files.url("/mine.csv"), upsert)
        const run = sources.run(source.sourceId)
        const names = sql`select name from merged`
        assert.deepInclude(yield* run, { unchanged: true })
        yield* api.reaches(yield* api.create(files.url("/theirs.csv"), upsert), "completed")
        assert.deepInclude(yield* run, { unchanged: false })
        assert.deepStrictEqual(yield* names, [{ name: "mine" }])
        assert.deepInclude(yield* run, { unchanged: true })
        yield* sql`drop table merged`
        yield* sql`create table merged (id text primary key, name text)`
        yield* sql`grant all on merged to sluice_tables`
        assert.deepInclude(yield* run, { unchanged: false })
        assert.deepStrictEqual(yield* names, [{ name: "mine" }])
      }),
    patience,
  )
})
