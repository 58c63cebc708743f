import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { OpenApi } from "effect/http-api"
import { Api } from "../../../../src/Api/contract/Api.ts"
import { serveOnPort } from "../../../support/ApiServer.ts"
import * as JobsMemory from "../../../support/JobsMemory.ts"
import { get } from "../../../support/rawHttp.ts"

const acceptEncoding = { "accept-encoding": "gzip, deflate, br" }

/** Everything that the page's markup and script load. */
const loadedBy = (page: string): ReadonlyArray<string> =>
  [...page.matchAll(/(?:src=|href=|url: )"([^"]+)"/g)].map(([, url = ""]) => url)

describe("the reference page", () => {
  it.live("opens the request that creates a job, ready to be sent", () =>
    Effect.gen(function* () {
      const origin = yield* serveOnPort(JobsMemory.layer)
      const { body, headers, status } = yield* get(`${origin}/docs`)
      assert.strictEqual(status, 200)
      assert.strictEqual(headers["content-type"], "text/html; charset=utf-8")
      assert.include(body, "tryItOutEnabled: true")
      const opened = /show\(\["operations", "(\w+)", "(\w+)"\], true\)/.exec(body)?.slice(1)
      const { operationId, tags } = OpenApi.fromApi(Api).paths["/download_file"]?.post ?? {}
      assert.deepStrictEqual(opened, [tags?.[0], operationId])
    }),
  )

  it.live("loads what exists on this host only, less than 1 MB in all, which browsers keep", () =>
    Effect.gen(function* () {
      const origin = yield* serveOnPort(JobsMemory.layer)
      const page = yield* get(`${origin}/docs`, acceptEncoding)
      const urls = loadedBy(page.body)
      assert.lengthOf(urls, 4)
      let bytes = page.bytes
      for (const url of urls) {
        assert.match(url, /^\/\w/)
        const loaded = yield* get(`${origin}${url}`, acceptEncoding)
        assert.strictEqual(loaded.status, 200, url)
        bytes += loaded.bytes
        const isAsset = url.startsWith("/docs/")
        if (isAsset) assert.strictEqual(loaded.headers["content-encoding"], "br")
        assert.strictEqual(
          loaded.headers["cache-control"],
          isAsset ? "public, max-age=31536000, immutable" : "no-cache",
        )
        const etag = loaded.headers.etag ?? assert.fail(`${url} has no ETag`)
        const again = yield* get(`${origin}${url}`, { ...acceptEncoding, "if-none-match": etag })
        assert.deepInclude({ ...again }, { status: 304, bytes: 0 }, url)
      }
      assert.isBelow(bytes, 1_000_000)
    }),
  )

  it.live("serves no other file of its library", () =>
    Effect.gen(function* () {
      const origin = yield* serveOnPort(JobsMemory.layer)
      const folder = loadedBy((yield* get(`${origin}/docs`)).body)
        .find((url) => url.endsWith(".js"))
        ?.replace(/[^/]+$/, "")
      for (const name of ["", "index.html", "package.json", "..%2fpackage.json", "swagger-ui-bundle.js.map"])
        assert.strictEqual((yield* get(`${origin}${folder}${name}`)).status, 404, name)
    }),
  )
})
