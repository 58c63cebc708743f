import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { gzipSync } from "node:zlib"
import { slowUpload, upload } from "../support/SlowUpload.ts"
import { TestService } from "../support/TestService.ts"

const trips = "id;name\n1;Ann\n2;Bob;x\n3;Cid\n"

const incompressible = () => `${randomBytes(40).toString("hex")},1\n`

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a preview of a file that is sent",
  (it) => {
    it.effect("is that of a job, with the options of the query, and creates nothing", () =>
      Effect.gen(function* () {
        const { origin, sql } = yield* TestService
        const { json, status, text } = yield* upload(
          `${origin}/preview/Trips.csv.gz?columns=${encodeURIComponent('{"id":{"type":"integer"}}')}`,
          gzipSync(trips),
        )
        assert.strictEqual(status, 200, text)
        assert.deepInclude(json, {
          suggestedTableName: "trips",
          compression: "gzip",
          records: [
            ["1", "Ann"],
            ["3", "Cid"],
          ],
        })
        assert.deepStrictEqual(json["columns"], [
          { name: "id", header: "id", number: 1, suggestedType: "integer" },
          { name: "name", header: "name", number: 2, suggestedType: "text" },
        ])
        assert.lengthOf(json["rejects"] as ReadonlyArray<unknown>, 1)
        assert.lengthOf(yield* sql`select from sluice.job`, 0)
      }),
    )

    it.effect("needs only the beginning of a large file, and does not wait for the rest", () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const rows = Array.from({ length: 110_000 }, incompressible).join("")
        for (const body of [`id,n\n${rows}`, gzipSync(`id,n\n${rows}`).subarray(0, 4 * 1024 * 1024)]) {
          const sent = yield* slowUpload(`${origin}/preview/large.csv`, {
            headers: { "content-length": body.length },
          })
          yield* Effect.forkScoped(sent.send(body))
          const { json, status, text } = yield* sent.answer
          assert.strictEqual(status, 200, text)
          assert.lengthOf(json["records"] as ReadonlyArray<unknown>, 100)
          const warnings = json["warnings"] as ReadonlyArray<{ readonly code: string }>
          assert.include(
            warnings.map(({ code }) => code),
            "beginning_only",
          )
        }
      }),
    )

    it.effect("says why a file cannot become a table", () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const { json, status } = yield* upload(`${origin}/preview/empty.csv`, "")
        assert.strictEqual(status, 422)
        assert.strictEqual(json["code"], "file_not_loadable")
        const unknown = yield* upload(`${origin}/preview/a.csv?delimeter=;`, trips)
        assert.deepStrictEqual([unknown.status, unknown.json["code"]], [400, "invalid_request"])
      }),
    )
  },
)
