import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { WebPage } from "../../../../src/Domain/service/WebPage.ts"
import { serveOnPort } from "../../../support/ApiServer.ts"
import * as JobsMemory from "../../../support/JobsMemory.ts"
import { get } from "../../../support/rawHttp.ts"
import { temporaryFolder } from "../../../support/temporaryFolder.ts"

const script = `console.log("${"sluice ".repeat(500)}")`

/** The API with a small page. */
const serveSmallPage = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  mkdirSync(join(folder, "page"))
  writeFileSync(join(folder, "index.html"), '<!doctype html><script src="page/a-1.js"></script>')
  writeFileSync(join(folder, "page/a-1.js"), script)
  writeFileSync(join(folder, "inputs.sha256"), "")
  const page = Layer.succeed(WebPage, Effect.succeed(folder))
  return yield* serveOnPort(JobsMemory.layer, { settings: Layer.merge(Logger.layer([]), page) })
})

const browser = { accept: "text/html,*/*;q=0.8", "accept-encoding": "gzip, br" }

describe("the web page", () => {
  it.live("is what browsers get at /, revalidated at each visit; other clients get JSON", () =>
    Effect.gen(function* () {
      const origin = yield* serveSmallPage
      const page = yield* get(`${origin}/`, browser)
      assert.strictEqual(page.status, 200)
      assert.include(page.body, "page/a-1.js")
      assert.strictEqual(page.headers["cache-control"], "no-cache")
      assert.include(page.headers.vary?.toLowerCase(), "accept")
      const again = yield* get(`${origin}/`, { ...browser, "if-none-match": page.headers.etag ?? "" })
      assert.strictEqual(again.status, 304)
      const json = yield* get(`${origin}/`, { accept: "*/*" })
      assert.strictEqual(JSON.parse(json.body)["name"], "sluice")
    }),
  )

  it.live("may run only its own scripts, none of them inline", () =>
    Effect.gen(function* () {
      const { headers } = yield* get(`${yield* serveSmallPage}/`, browser)
      const policy = String(headers["content-security-policy"])
      assert.include(policy, "default-src 'none'; script-src 'self'; style-src 'self'; ")
      assert.notMatch(policy, /unsafe|sha256/)
    }),
  )

  it.live("loads compressed files that browsers keep for ever", () =>
    Effect.gen(function* () {
      const { bytes, headers, status } = yield* get(`${yield* serveSmallPage}/page/a-1.js`, browser)
      assert.strictEqual(status, 200)
      assert.strictEqual(headers["content-encoding"], "br")
      assert.isBelow(bytes, script.length / 4)
      assert.strictEqual(headers["cache-control"], "public, max-age=31536000, immutable")
      assert.match(String(headers["content-type"]), /^text\/javascript/)
    }),
  )

  it.live("has no other files: any other path is not found", () =>
    Effect.gen(function* () {
      const origin = yield* serveSmallPage
      for (const path of [
        "page/",
        "page/b.js",
        "page/..%2finputs.sha256",
        "page/a-1.js/b",
        "index.html",
        "jobs/1",
      ]) {
        const { body, headers, status } = yield* get(`${origin}/${path}`, browser)
        assert.strictEqual(status, 404, path)
        assert.strictEqual(headers["content-type"], "application/problem+json", path)
        assert.strictEqual(JSON.parse(body)["code"], "not_found", path)
      }
    }),
  )
})
