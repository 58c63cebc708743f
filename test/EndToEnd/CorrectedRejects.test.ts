import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { upload } from "../support/SlowUpload.ts"
import { TestService } from "../support/TestService.ts"

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })("rejects", (it) => {
  it.effect("that were corrected are appended to the table, in any format", () =>
    Effect.gen(function* () {
      const { origin, sql } = yield* TestService
      const long = "x".repeat(9000)
      const lines = [
        'id;"trip; name";km',
        '1;"a ""b"" é";1',
        ...Array.from({ length: 20 }, (_, n) => `${n + 10};"une école à Liège";${n}`),
        "2;deux",
        '3;"trois\r\nlignes";x;y',
        `4;${long}`,
        '5;"açai',
      ]
      const semicolons = lines.join("\r\n")
      const tabs = semicolons.replaceAll(";", "\t").replaceAll("\r\n", "\n")
      const formats: Readonly<Record<string, readonly [file: string | Uint8Array, options?: string]>> = {
        utf8: [semicolons],
        tabs: [tabs],
        latin1: [Buffer.from(semicolons, "latin1")],
        utf16: [Buffer.from(`\ufeff${tabs}`, "utf16le")],
        preamble: [`Export\r\n\r\n${semicolons}`],
        comment: [`# trips\r\n${semicolons}`, "&comment=%23"],
        given: [semicolons, "&delimiter=;&types=text&onBadRow=reject"],
      }
      for (const [table, [file, options = ""]] of Object.entries(formats)) {
        const loaded = yield* upload(
          `${origin}/upload?tableName=again_${table}&maxBadRows=100%25${options}`,
          file,
        )
        assert.strictEqual(loaded.status, 201, `${table}: ${loaded.text}`)
        const response = yield* HttpClient.get(
          `${origin}/job_rejects?jobId=${String(loaded.json["jobId"])}&format=source`,
        )
        const rejects = yield* response.text
        const [end, mark] = table === "tabs" || table === "utf16" ? ["\n", "\t"] : ["\r\n", ";"]
        assert.strictEqual(rejects.split(end)[0], ["id", `"trip${mark} name"`, "km"].join(mark), table)
        assert.strictEqual(response.headers["x-records-left-out"], "1", table)
        const corrected = rejects
          .replace(`2${mark}deux`, `2${mark}deux${mark}2`)
          .replace(`${mark}x${mark}y`, `${mark}3`)
          .replace("açai", `açai"${mark}5`)
        const again = yield* upload(
          `${origin}/upload?tableName=again_${table}&mode=append${options}`,
          corrected,
        )
        assert.strictEqual(again.status, 201, `${table}: ${again.text}`)
        const rows = yield* sql`select * from ${sql(`again_${table}`)} where length(id) = 1 order by id`
        assert.deepStrictEqual(
          rows.map((row) => Object.values(row)),
          [
            ["1", 'a "b" é', "1"],
            ["2", "deux", "2"],
            ["3", `trois${end}lignes`, "3"],
            ["5", "açai", "5"],
          ],
          table,
        )
      }
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  it.effect("of a job that has none as its file has them are refused with the reason", () =>
    Effect.gen(function* () {
      const { api, origin, sql } = yield* TestService
      const asSource = (jobId: unknown) => api.get(`/job_rejects?jobId=${String(jobId)}&format=source`)
      const waiting = yield* api.create("http://127.0.0.1:1/waits.csv")
      const failed = yield* upload(`${origin}/upload?tableName=failed`, "")
      const loaded = yield* upload(`${origin}/upload?tableName=complete`, "id\n1\n")
      const older = yield* upload(`${origin}/upload?tableName=older&maxBadRows=1`, "a,b\n1,2\n3\n")
      yield* sql`update sluice.job set findings = findings - 'header' where table_name = 'older'`
      for (const [jobId, state, reason] of [
        [waiting, "created", "stored when it is completed"],
        [failed.json["jobId"], "failed", "can be loaded again"],
        [older.json["jobId"], "completed", "Use format=csv"],
      ] as const) {
        const { body, status } = yield* asSource(jobId)
        assert.strictEqual(status, 409)
        assert.deepInclude(body, { code: "no_rejects_as_source", jobId, state })
        assert.include(JSON.stringify(body), reason)
      }
      const none = yield* HttpClient.get(
        `${origin}/job_rejects?jobId=${String(loaded.json["jobId"])}&format=source`,
      )
      assert.deepStrictEqual([none.status, yield* none.text], [200, ""])
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )
})
