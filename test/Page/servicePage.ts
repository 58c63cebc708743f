import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { BrowserContextOptions } from "playwright-core"
import { Browser } from "../support/Browser.ts"
import { TestService } from "../support/TestService.ts"

/** Milliseconds for a test with a browser beside other tests. */
export const patience = 120_000

/** A service with a worker, and a browser. */
export const layerService = Layer.merge(TestService.layerWithWorker(), Browser.layer)

/** Opens the page of an API, and checks at the end of the test that nothing went wrong in it. */
export const openPageAt = Effect.fnUntraced(function* (url: string, options: BrowserContextOptions = {}) {
  const { faults, page } = yield* (yield* Browser).open(url, options)
  yield* Effect.addFinalizer(() => Effect.sync(() => assert.deepStrictEqual(faults, [])))
  return page
})

/** Opens the page of the service at a fragment such as `#/jobs`. */
export const openPage = Effect.fnUntraced(function* (fragment = "", options: BrowserContextOptions = {}) {
  const { origin } = yield* TestService
  return yield* openPageAt(`${origin}/${fragment}`, options)
})
