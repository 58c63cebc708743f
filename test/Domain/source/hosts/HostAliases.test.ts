import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { apply, parse } from "../../../../src/Domain/source/hosts/HostAliases.ts"

const aliased = (entries: ReadonlyArray<string>, url: string) =>
  apply(Result.getOrThrow(parse(entries)), new URL(url)).href

describe("SOURCE_HOST_ALIASES", () => {
  it.each([
    [
      ["localhost:8000=fileserver:8000"],
      "http://localhost:8000/a.csv?x=1",
      "http://fileserver:8000/a.csv?x=1",
    ],
    [["localhost:8000=fileserver:80"], "http://localhost:8000/a.csv", "http://fileserver/a.csv"],
    [["localhost:8000=fileserver"], "http://localhost:8000/a.csv", "http://fileserver:8000/a.csv"],
    [["localhost=fileserver"], "http://localhost:9/a.csv", "http://fileserver:9/a.csv"],
    [["localhost:80=fileserver:8000"], "http://localhost/a.csv", "http://fileserver:8000/a.csv"],
    [["localhost:443=fileserver:8443"], "https://localhost/a.csv", "https://fileserver:8443/a.csv"],
    [["LocalHost:8000=fileserver:8000"], "http://LOCALHOST.:8000/a.csv", "http://fileserver:8000/a.csv"],
    [["127.0.0.1:8000=[fd00::1]:8000"], "http://0x7f.1:8000/a.csv", "http://[fd00::1]:8000/a.csv"],
    [["[::1]:8000=fileserver:1"], "http://[::1]:8000/a.csv", "http://fileserver:1/a.csv"],
    [["localhost:8000=fileserver:8000"], "http://localhost:8001/a.csv", "http://localhost:8001/a.csv"],
    [["localhost:8000=fileserver:8000"], "http://other:8000/a.csv", "http://other:8000/a.csv"],
    [["a=b", "b=c"], "http://a/", "http://b/"],
    [["a=b", "a=c"], "http://a/", "http://b/"],
    [[], "http://a/", "http://a/"],
  ] as const)("%j turn %s into %s", (entries, url, expected) => {
    assert.strictEqual(aliased(entries, url), expected)
  })

  it.prop("keep path and query", { path: Schema.String, query: Schema.String }, ({ path, query }) => {
    const url = new URL("http://localhost:8000/")
    url.pathname = path
    url.search = query
    const { pathname, search } = new URL(aliased(["localhost:8000=fileserver:9"], url.href))
    assert.deepStrictEqual({ pathname, search }, { pathname: url.pathname, search: url.search })
  })

  it.each(["localhost", "a=b=c", "=b", "a=", "a:99999=b", "http://a=b", "a=b/path", ""])(
    'refuse the malformed entry "%s"',
    (entry) => {
      const result = parse(["a=b", entry])
      assert(Result.isFailure(result))
      assert.strictEqual(result.failure.entry, entry)
      assert.include(result.failure.message, `SOURCE_HOST_ALIASES: "${entry}"`)
    },
  )
})
