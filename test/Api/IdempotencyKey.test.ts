import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Answer, assertProblem, form, json, serveInMemory } from "../support/ApiHarness.ts"
import * as JobsMemory from "../support/JobsMemory.ts"

const fileUrl = "http://localhost:8000/tripsdata.csv"

const keyed = (key: string, request: RequestInit = form(`fileUrl=${fileUrl}`)): RequestInit => ({
  ...request,
  headers: { ...request.headers, "Idempotency-Key": key },
})

const location = (answer: Answer): string => answer.headers.get("location") ?? ""

const malformed: ReadonlyArray<readonly [what: string, key: string]> = [
  ["nothing", ""],
  ["quotes with nothing between", '""'],
  ["256 characters", "x".repeat(256)],
  ["a letter that is not ASCII", "clé"],
  ["a tab", "a\tb"],
  ["one quote", '"abc'],
  ["two keys in quotes", '"a", "b"'],
]

layer(JobsMemory.layer)("a request with an Idempotency-Key", (it) => {
  it.effect("creates one job and gets the same response when sent again", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const first = yield* call("/download_file", keyed("5f3b"))
      assert.strictEqual(first.status, 202)
      const again = yield* call("/download_file", keyed("5f3b"))
      assert.deepStrictEqual([again.status, again.json, location(again)], [202, first.json, location(first)])
      yield* call(location(first).replace("status", "cancel"))
      assert.deepStrictEqual((yield* call("/download_file", keyed("5f3b"))).json, first.json)
      const without = yield* call("/download_file", form(`fileUrl=${fileUrl}`))
      assert.notDeepEqual(without.json, first.json)
    }),
  )

  it.effect("is the same as a form and as JSON", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const asForm = keyed("same", form(`header=false&quote=none&skipLines=1&fileUrl=${fileUrl}`))
      const asJson = keyed('"same"', json({ fileUrl, skipLines: 1, quote: null, header: false }))
      const first = yield* call("/download_file", asForm)
      assert.deepStrictEqual((yield* call("/download_file", asJson)).json, first.json)
    }),
  )

  it.effect("is refused if the key was used for a different request", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const first = yield* call("/download_file", keyed("taken"))
      const other = yield* call("/download_file", keyed("taken", form(`fileUrl=${fileUrl}&types=infer`)))
      assertProblem(other, 422, "idempotency_key_reused")
      assert.notProperty(other.json, "jobId")
      assert.deepStrictEqual((yield* call("/download_file", keyed("taken"))).json, first.json)
    }),
  )

  it.effect("may use its key again after the table name was taken", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const body = form(`fileUrl=${fileUrl}&tableName=trips`)
      const holder = yield* call("/download_file", body)
      assertProblem(yield* call("/download_file", keyed("waiting", body)), 409, "table_name_taken")
      yield* call(location(holder).replace("status", "cancel"))
      assert.strictEqual((yield* call("/download_file", keyed("waiting", body))).status, 202)
    }),
  )

  it.effect("takes a key of up to 255 printable characters, with the escapes of a quoted string", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      for (const key of ["x".repeat(255), "a b", "~!@#$%^&*()", "a, b"])
        assert.strictEqual((yield* call("/download_file", keyed(key))).status, 202)
      const bare = yield* call("/download_file", keyed('a"b\\'))
      const quoted = yield* call("/download_file", keyed('"a\\"b\\\\"'))
      assert.deepStrictEqual(quoted.json, bare.json)
    }),
  )

  for (const [what, key] of malformed)
    it.effect(`is refused if the key is ${what}`, () =>
      Effect.gen(function* () {
        const call = yield* serveInMemory()
        const answer = yield* call("/download_file", keyed(key))
        assertProblem(answer, 400, "invalid_request")
        assert.deepStrictEqual(answer.json["issues"], [
          {
            in: "header",
            field: "idempotency-key",
            message: "idempotency-key: give 1 to 255 printable ASCII characters, such as a UUID",
          },
        ])
      }),
    )
})
