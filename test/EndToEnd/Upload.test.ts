import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { gzipSync } from "node:zlib"
import { JobId } from "../../src/Domain/job/Job.ts"
import * as CsvServer from "../support/CsvServer.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi, startWorker } from "../support/ServiceProcess.ts"
import { slowUpload, upload } from "../support/SlowUpload.ts"
import { TestService } from "../support/TestService.ts"

const trips = "id,name\n1,Ann\n2,Bob\n"
/** Milliseconds for a test that starts processes. */
const patience = 60_000

const manyRows = "1,name\n".repeat(100_000)

/** An upload that has sent many rows, and its job while it is loaded. */
const startUpload = Effect.fnUntraced(function* (origin: string, table: string, options = "", headers = {}) {
  const { api, sql } = yield* TestService
  const sent = yield* slowUpload(`${origin}/upload?tableName=${table}${options}`, { headers })
  yield* sent.send(`id,name\n${manyRows}`)
  const [found] = yield* sql<{ id: string }>`
    select id from sluice.job where table_name = ${table} and final_state is null`.pipe(
    Effect.filterOrFail((rows) => rows.length > 0),
    Effect.eventually,
  )
  const jobId = JobId.make(found?.id ?? "")
  const job = yield* api.until(jobId, ({ progress }) => progress.rowsLoaded > 0)
  return { ...sent, job, jobId }
})

const nothingIsLoading = Effect.gen(function* () {
  const { loadingBackends } = yield* TestService
  yield* loadingBackends.pipe(
    Effect.filterOrFail((count) => count === 0),
    Effect.retry(Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: "10 seconds" }))),
  )
})

const Service = TestService.layer({
  MAX_FILE_SIZE: "8 MiB",
  UPLOADS_PER_CALLER: "2",
})

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("an upload", (it) => {
  it.effect("becomes a table of the common role, however its file is sent, and responds with its job", () =>
    Effect.gen(function* () {
      const { api, origin, sql } = yield* TestService
      const form = [
        '--b\r\ncontent-disposition: form-data; name="tableName"\r\n\r\nof_form\r\n',
        '--b\r\ncontent-disposition: form-data; name="index"\r\n\r\nid\r\n',
        '--b\r\ncontent-disposition: form-data; name="index"\r\n\r\nname\r\n',
        `--b\r\ncontent-disposition: form-data; name="file"; filename="Trips.csv"\r\ncontent-type: text/csv\r\n\r\n${trips}\r\n--b--\r\n`,
      ].join("")
      const sent = {
        raw: yield* upload(`${origin}/upload?tableName=raw`, trips),
        typed: yield* upload(`${origin}/upload/trips.csv?tableName=typed&types=infer`, trips),
        packed: yield* upload(`${origin}/upload/trips.csv?tableName=packed`, gzipSync(trips), {
          headers: { "content-encoding": "gzip" },
        }),
        file: yield* upload(`${origin}/upload/trips.csv.gz?tableName=file`, gzipSync(trips), {
          method: "PUT",
        }),
        posted: yield* upload(`${origin}/upload?tableName=posted`, trips, {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            "content-length": trips.length,
          },
        }),
        of_form: yield* upload(`${origin}/upload`, form, {
          method: "POST",
          headers: { "content-type": "multipart/form-data; boundary=b" },
        }),
      }
      for (const [table, { json, location, status, text }] of Object.entries(sent)) {
        assert.strictEqual(status, 201, text)
        assert.strictEqual(location, `/job_status?jobId=${String(json["jobId"])}`)
        assert.deepStrictEqual((yield* api.get(location ?? "")).body, json)
        assert.deepInclude(json, { state: "completed", table, attempt: 1 })
        const [found] = yield* sql`
          select (select count(*)::int from ${sql(table)}) as rows, tableowner as owner from pg_tables where tablename = ${table}`
        assert.deepStrictEqual(found, { rows: 2, owner: "sluice_tables" })
      }
      assert.deepStrictEqual(
        Object.values(sent).map(({ json }) => json["fileUrl"]),
        [
          "upload:",
          "upload:trips.csv",
          "upload:trips.csv",
          "upload:trips.csv.gz",
          "upload:",
          "upload:Trips.csv",
        ],
      )
      assert.strictEqual((yield* sql`select from pg_indexes where tablename = 'of_form'`).length, 2)
      const named = yield* upload(`${origin}/upload/My%20trips.csv`, trips)
      assert.match(String(named.json["table"]), /^my_trips_\d{10}$/)
    }),
  )

  it.effect("that cannot be loaded responds with the job's error, and keeps rejects of one that can", () =>
    Effect.gen(function* () {
      const { api, origin, tables } = yield* TestService
      const ragged = "a,b\n1,2\n3\n"
      const failed = yield* upload(`${origin}/upload?tableName=ragged&onBadRow=fail`, ragged)
      assert.strictEqual(failed.status, 422)
      const job = yield* api.status(JobId.make(String(failed.json["jobId"])))
      assert.deepStrictEqual([failed.json["code"], failed.json["loadError"]], ["upload_failed", job.error])
      assert.deepInclude(failed.json["loadError"], { code: "ragged_record", line: 3 })
      assert.notInclude(yield* tables, "ragged")
      const loaded = yield* upload(`${origin}/upload?tableName=ragged`, ragged)
      assert.strictEqual(loaded.status, 201)
      const rejects = yield* api.get(`/job_rejects?jobId=${String(loaded.json["jobId"])}`)
      assert.include(JSON.stringify(rejects.body), '"raw":"3"')
      const trailing = yield* upload(
        `${origin}/upload?tableName=trailing`,
        '--b\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\na\n1\n\r\n--b\r\ncontent-disposition: form-data; name="types"\r\n\r\ninfer\r\n--b--\r\n',
        { method: "POST", headers: { "content-type": "multipart/form-data; boundary=b" } },
      )
      assert.strictEqual(trailing.status, 422)
      assert.notInclude(yield* tables, "trailing")
    }),
  )

  it.effect(
    "changes a table that exists in every mode, and does not wait for another job on it",
    () =>
      Effect.gen(function* () {
        const { api, environment, files, origin, sql } = yield* TestService
        yield* startWorker(environment)
        const url = `${origin}/upload?tableName=changed`
        const steps = [
          ["&mode=upsert&key=id", "id,name\n1,Ann\n", { inserted: 1 }],
          ["&mode=append", "name,id\nBob,2\n", { inserted: 1 }],
          ["&mode=upsert&key=id", "id,name\n2,Bea\n3,Cid\n", { inserted: 1, updated: 1 }],
          ["&mode=replace", "id,name\n9,Zoe\n", { inserted: 1, deleted: 3 }],
        ] as const
        for (const [options, body, changes] of steps) {
          const { json, status, text } = yield* upload(url + options, body)
          assert.strictEqual(status, 201, text)
          assert.deepInclude(json["changes"], changes)
        }
        const names = sql`select name from changed order by id`
        assert.deepStrictEqual(yield* names, [{ name: "Zoe" }])

        const first = yield* startUpload(origin, "busy", "&mode=append")
        const busy = yield* upload(`${origin}/upload?tableName=busy&mode=append`, "id,name\n1,Ann\n")
        assert.deepInclude(busy.json, { status: 409, code: "table_busy", jobId: first.jobId })
        yield* files.serve("/later.csv", CsvServer.file("id,name\nlast,Later\n"))
        const later = yield* api.create(files.url("/later.csv"), { tableName: "busy", mode: "append" })
        assert.strictEqual((yield* api.status(later)).waitsFor, first.jobId)
        yield* first.end
        assert.strictEqual((yield* first.answer).status, 201)
        const job = yield* api.reaches(later, "completed", "failed")
        assert.strictEqual(job.state, "completed", job.error?.message)
        assert.deepStrictEqual(yield* sql`select id, name from busy where name = 'Later'`, [
          { id: "last", name: "Later" },
        ])
      }),
    patience,
  )

  it.effect("is refused before its body is sent", () =>
    Effect.gen(function* () {
      const { origin, sql } = yield* TestService
      yield* upload(`${origin}/upload?tableName=there`, trips)
      const head = { expect: "100-continue", "content-length": 3_000_000_000 }
      const refused = {
        "tableNam=x": [400, "invalid_request"],
        "headers=a:b": [400, "invalid_request"],
        "tableName=there": [409, "table_name_taken"],
        "tableName=large": [422, "upload_failed"],
      }
      for (const [query, expected] of Object.entries(refused)) {
        const sent = yield* slowUpload(`${origin}/upload?${query}`, { headers: head })
        const answer = yield* sent.answer
        assert.deepStrictEqual([answer.status, answer.json["code"]], expected, answer.text)
        assert.isFalse(sent.isContinued(), query)
      }
      const accepted = yield* slowUpload(`${origin}/upload?tableName=waited`, {
        headers: { expect: "100-continue", "content-length": trips.length },
      })
      yield* Effect.eventually(
        Effect.filterOrFail(Effect.sync(accepted.isContinued), (isContinued) => isContinued),
      )
      yield* accepted.send(trips)
      yield* accepted.end
      assert.strictEqual((yield* accepted.answer).status, 201)
      assert.isEmpty(yield* sql`select from sluice.job where final_state is null`)
    }),
  )

  it.effect(
    "is seen and cancelled through another API process, also one without uploads",
    () =>
      Effect.gen(function* () {
        const { environment, origin, tables } = yield* TestService
        const without = yield* startApi({ ...environment, UPLOAD_CONCURRENCY: "0" })
        const refused = yield* upload(`${without.origin}/upload`, trips)
        assert.deepStrictEqual([refused.status, refused.json["code"]], [403, "uploads_off"])
        const other = ServiceClient.make(without.origin)
        const { answer, job, jobId } = yield* startUpload(origin, "cancelled")
        assert.deepInclude(job, { state: "active", fileUrl: "upload:" })
        assert.strictEqual((yield* other.cancel(jobId)).status, 200)
        const response = yield* answer
        assert.deepStrictEqual([response.status, response.json["code"]], [409, "upload_cancelled"])
        assert.strictEqual((yield* other.status(jobId)).state, "cancelled")
        assert.notInclude(yield* tables, "cancelled")
        yield* nothingIsLoading
      }),
    patience,
  )

  it.effect("of a client that disconnects fails and leaves nothing", () =>
    Effect.gen(function* () {
      const { api, origin, tables } = yield* TestService
      const { disconnect, jobId } = yield* startUpload(origin, "left")
      yield* disconnect
      const job = yield* api.reaches(jobId, "failed")
      assert.deepInclude(job.error, { code: "upload_interrupted" })
      yield* nothingIsLoading
      assert.notInclude(yield* tables, "left")
      assert.strictEqual((yield* upload(`${origin}/upload?tableName=left`, trips)).status, 201)
    }),
  )

  it.effect(
    "of an API process that is killed fails within seconds and is not retried",
    () =>
      Effect.gen(function* () {
        const { api, environment, origin, sql, tables } = yield* TestService
        const killed = yield* startApi(environment)
        const { jobId } = yield* startUpload(killed.origin, "killed")
        yield* killed.signal("SIGKILL")
        // No status is requested: the processes that live end the job.
        yield* sql`select from sluice.job where id = ${jobId} and final_state = 'failed'`.pipe(
          Effect.filterOrFail((rows) => rows.length > 0),
          Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "5 seconds" }))),
        )
        const job = yield* api.status(jobId)
        assert.deepInclude(job.error, { code: "worker_lost" })
        assert.strictEqual(job.attempt, 1)
        assert.isEmpty(yield* sql`select from sluice.claim where job_id = ${jobId}`)
        assert.notInclude(yield* tables, "killed")
        assert.strictEqual((yield* upload(`${origin}/upload?tableName=killed`, trips)).status, 201)
      }),
    patience,
  )

  it.effect(
    "finishes during the grace of a shutdown, and otherwise fails",
    () =>
      Effect.gen(function* () {
        const { api, environment } = yield* TestService
        const stopping = yield* startApi({ ...environment, SHUTDOWN_GRACE: "3 seconds" })
        const finishing = yield* startUpload(stopping.origin, "finished")
        const { jobId } = yield* startUpload(stopping.origin, "unfinished")
        yield* stopping.signal("SIGTERM")
        yield* Effect.sleep("500 millis")
        yield* finishing.send("3,Eve\n")
        yield* finishing.end
        const answer = yield* finishing.answer
        assert.strictEqual(answer.status, 201, answer.text)
        assert.strictEqual(yield* stopping.exit, 0)
        const job = yield* api.status(jobId)
        assert.deepInclude(job.error, { code: "upload_interrupted" })
      }),
    patience,
  )

  it.effect("is limited in number for each caller, and sent once with an idempotency key", () =>
    Effect.gen(function* () {
      const { origin } = yield* TestService
      const withKeys = { "idempotency-key": "running" }
      const running = yield* startUpload(origin, "running", "", withKeys)
      const repeated = yield* upload(`${origin}/upload?tableName=running`, "", { headers: withKeys })
      assert.strictEqual(repeated.status, 202, repeated.text)
      assert.strictEqual(repeated.location, `/job_status?jobId=${running.jobId}`)
      assert.deepInclude(repeated.json, { jobId: running.jobId, state: "active" })
      const second = yield* startUpload(origin, "second")
      const third = yield* upload(`${origin}/upload?tableName=third`, trips)
      assert.deepInclude(third.json, { code: "limit_reached", limit: "uploads", scope: "caller" })
      for (const each of [running, second]) {
        yield* each.end
        assert.strictEqual((yield* each.answer).status, 201)
      }
      const withKey = (options: string) =>
        upload(`${origin}/upload?tableName=third${options}`, trips, {
          headers: { "idempotency-key": "one" },
        })
      const first = yield* withKey("")
      assert.strictEqual(first.status, 201, first.text)
      assert.deepStrictEqual((yield* withKey("")).json, first.json)
      assert.strictEqual((yield* withKey("&types=infer")).json["code"], "idempotency_key_reused")
    }),
  )
})
