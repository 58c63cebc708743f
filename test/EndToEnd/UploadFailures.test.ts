import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { slowUpload, upload } from "../support/SlowUpload.ts"
import { TestService } from "../support/TestService.ts"

const trips = "id,name\n1,Ann\n2,Bob\n"

const field = (name: string, value: string) =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

const asForm = { method: "POST", headers: { "content-type": "multipart/form-data; boundary=b" } } as const

const Service = TestService.layer({ REQUEST_TIMEOUT: "3 seconds" })

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("an upload", (it) => {
  it.effect("has the options of its query and of its form checked together", () =>
    Effect.gen(function* () {
      const { origin, sql } = yield* TestService
      const merged = (query: string, fields: string) =>
        upload(
          `${origin}/upload?${query}`,
          `${fields}--b\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n${trips}\r\n--b--\r\n`,
          asForm,
        )
      const created = yield* merged("primaryKey=id", field("tableName", "merged"))
      assert.strictEqual(created.status, 201, created.text)
      const added = yield* merged("mode=upsert&key=id", field("tableName", "merged"))
      assert.strictEqual(added.status, 201, added.text)
      for (const [query, fields] of [
        ["tableName=merged&mode=upsert&key=id&deleteMissing=true", field("mode", "append")],
        ["delimiter=;", field("quote", ";")],
      ] as const) {
        const refused = yield* merged(query, fields)
        assert.deepStrictEqual([refused.status, refused.json["code"]], [400, "invalid_request"], refused.text)
      }
      assert.strictEqual((yield* sql`select from merged`).length, 2)
    }),
  )

  it.effect("whose form or body is not the file as it was says what to send instead", () =>
    Effect.gen(function* () {
      const { origin, tables } = yield* TestService
      const file = `--b\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n${trips}\r\n`
      const form = {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      } as const
      const wide = Array.from({ length: 30_000 }, (_, n) => `cell_${n}`).join(",")
      for (const [body, options, advice] of [
        [`${file}${field("tableName", "malformed")}--b--\r\n`, asForm, "all fields before the file"],
        [`${file}${file}--b--\r\n`, asForm, "send one file"],
        [file, asForm, "does not end as"],
        [trips.replaceAll("\n", ""), form, "curl -T FILE, or with --data-binary @FILE and the header"],
        [wide, form, "curl -T FILE, or with --data-binary @FILE and the header"],
      ] as const) {
        const refused = yield* upload(`${origin}/upload?tableName=malformed`, body, options)
        assert.strictEqual(refused.status, 422, refused.text)
        assert.deepInclude(refused.json["loadError"], { code: "malformed_upload" })
        assert.include(String(refused.json["detail"]), advice)
      }
      assert.notInclude(yield* tables, "malformed")
      const declared = { method: "POST", headers: { "content-type": "text/csv" } } as const
      const header = yield* upload(`${origin}/upload?tableName=malformed`, "id,name", declared)
      assert.strictEqual(header.status, 201, header.text)
    }),
  )

  it.effect("may send few fields before its file, and must send them in time", () =>
    Effect.gen(function* () {
      const { origin } = yield* TestService
      const many = yield* slowUpload(`${origin}/upload`, asForm)
      for (const name of ["a", "b", "c"]) yield* many.send(field(name, "x".repeat(40_000)))
      const refused = yield* many.answer
      assert.deepStrictEqual([refused.status, refused.json["code"]], [400, "invalid_request"])
      assert.include(refused.text, "64 KiB")
      const slow = yield* slowUpload(`${origin}/upload`, asForm)
      yield* slow.send(field("tableName", "slow"))
      const late = yield* slow.answer
      assert.deepStrictEqual([late.status, late.json["code"]], [408, "request_timeout"])
    }),
  )

  it.effect("that fails for a reason that may pass responds with 503", () =>
    Effect.gen(function* () {
      const { origin, sql } = yield* TestService
      const { answer, send } = yield* slowUpload(`${origin}/upload?tableName=lost`)
      yield* send(`id,name\n${"1,name\n".repeat(100_000)}`)
      yield* sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'sluice load' and query like 'copy %'`.pipe(
        Effect.filterOrFail((rows) => rows.length > 0),
        Effect.eventually,
      )
      const { json, retryAfter, status } = yield* answer
      assert.deepStrictEqual([status, json["code"]], [503, "service_unavailable"])
      assert.deepInclude(json["loadError"], { code: "database_unavailable" })
      assert.strictEqual(retryAfter, "5")
    }),
  )

  it.effect("of a client that disconnects while its job is created fails too", () =>
    Effect.gen(function* () {
      const { origin, sql } = yield* TestService
      yield* sql`create function public.slow() returns trigger language plpgsql as 'begin perform pg_sleep(1); return null; end'`
      yield* sql`create constraint trigger slow after insert on sluice.job deferrable initially deferred
        for each row when (new.table_name = 'hasty') execute function public.slow()`
      const { disconnect, send } = yield* slowUpload(`${origin}/upload?tableName=hasty`)
      yield* send(trips)
      yield* sql`select from pg_stat_activity where wait_event = 'PgSleep'`.pipe(
        Effect.filterOrFail((rows) => rows.length > 0),
        Effect.eventually,
      )
      yield* disconnect
      const [job] =
        yield* sql`select error ->> 'code' as code from sluice.job where table_name = 'hasty' and final_state = 'failed'`.pipe(
          Effect.filterOrFail((rows) => rows.length > 0),
          Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "5 seconds" }))),
        )
      assert.deepInclude(job, { code: "upload_interrupted" })
      assert.isEmpty(yield* sql`select from sluice.claim`)
      yield* sql`drop trigger slow on sluice.job`
      assert.strictEqual((yield* upload(`${origin}/upload?tableName=hasty`, trips)).status, 201)
    }),
  )
})
