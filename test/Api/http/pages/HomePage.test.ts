import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { serveInMemory } from "../../../support/ApiHarness.ts"
import * as JobsMemory from "../../../support/JobsMemory.ts"

layer(JobsMemory.layer)("GET /", (it) => {
  it.effect("a browser gets a page whose links work, other clients the same links as JSON", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const page = yield* call("/", {
        headers: { accept: "text/html,*/*;q=0.8", host: "csv.localhost:3000" },
      })
      assert.include(page.headers.get("content-type"), "text/html")
      assert.include(page.text, "csv.localhost:3000/download_file")
      const json = yield* call("/", { headers: { accept: "*/*" } })
      const linked = [...page.text.matchAll(/href="([^"]*)"/g)].map(([, path]) => `/${path}`)
      assert.sameMembers(linked, Object.values(json.json["links"] as Record<string, string>))
      for (const path of linked) assert.strictEqual((yield* call(path)).status, 200)
    }),
  )

  it.effect("a Host that is no host name does not get into the page", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const page = yield* call("/", { headers: { accept: "text/html", host: "a<script>" } })
      assert.notInclude(page.text, "<script")
    }),
  )
})
