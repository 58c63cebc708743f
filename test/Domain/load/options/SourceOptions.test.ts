import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { SourceOptions } from "../../../../src/Domain/load/options/SourceOptions.ts"

const decode = (written: unknown) => Schema.decodeUnknownResult(SourceOptions)(written)
const headers = (written: unknown) => Result.getOrThrow(decode({ headers: written })).headers

describe("the option headers", () => {
  it("is a line, a list of lines, or an object, and names are in lower case", () => {
    const token = { authorization: "Bearer a:b=" }
    assert.deepStrictEqual(headers("Authorization: Bearer a:b="), token)
    assert.deepStrictEqual(headers(["AUTHORIZATION:\tBearer a:b= "]), token)
    assert.deepStrictEqual(headers({ authorization: "Bearer a:b=" }), token)
    assert.deepStrictEqual(headers(["User-Agent: x/1", "Accept:"]), { "user-agent": "x/1", accept: "" })
    assert.deepStrictEqual(headers("User-Agent: x/1\r\nAccept: a\n"), { "user-agent": "x/1", accept: "a" })
    assert.deepStrictEqual(headers([]), {})
  })

  const refused: Readonly<Record<string, unknown>> = {
    "a line without a colon": "s3cret",
    "a name twice": ["Accept: s3cret", "accept: s3cret"],
    "a name twice in an object": { A: "s3cret", a: "s3cret" },
    "a name with a blank": "X Token: s3cret",
    "no name": ": s3cret",
    "a value with a line end": "X-Token: s3cret\r\nHost: example.org",
    "a value that is not ASCII": "X-Token: s3crét",
    "a value that is no text": { "x-token": 1 },
    "too many headers": Array.from({ length: 21 }, (_, n) => `X-${n}: s3cret`),
    "too long a header": `X-Token: ${"s3cret".repeat(2000)}`,
    "a number": 1,
    null: null,
    ...Object.fromEntries(
      [
        "Host",
        "Content-Length",
        "Range",
        "If-Range",
        "Connection",
        "Transfer-Encoding",
        "Accept-Encoding",
      ].map((name) => [name, `${name}: s3cret`]),
    ),
  }
  it.each(Object.entries(refused))("refuses %s, without its value in the message", (_, written) => {
    const result = decode({ headers: written })
    assert(Result.isFailure(result))
    assert.notInclude(result.failure.message, "s3cr")
  })
})
