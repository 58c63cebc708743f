import { assert } from "@effect/vitest"
import axe from "axe-core"
import * as Effect from "effect/Effect"
import type { BrowserContextOptions, Page } from "playwright-core"
import { openPage } from "./servicePage.ts"

/** How each screen is looked at. */
export const settings: Readonly<Record<string, BrowserContextOptions>> = {
  "in light colours": { colorScheme: "light" },
  "in dark colours": { colorScheme: "dark" },
  "on a phone": { viewport: { width: 360, height: 740 } },
}

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: ReadonlyArray<{ readonly html: string }>
}

/** What axe-core, and the width of the window, object to. */
export const violations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe.source)
  const found: ReadonlyArray<Violation> = await page.evaluate(
    "axe.run().then(({ violations }) => violations)",
  )
  const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
  return [
    ...found.map(({ help, id, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`),
    ...(isWide === true ? ["the page scrolls sideways"] : []),
  ]
}

/** A screen by its fragment, and how to wait until it is complete. */
export type SeenScreen = readonly [fragment: string, complete: (page: Page) => Promise<unknown>]

/** Opens each screen, and checks that nothing objects to it. */
export const assertNoViolations = Effect.fnUntraced(function* (
  screens: ReadonlyArray<SeenScreen>,
  options: BrowserContextOptions,
) {
  const found: Array<readonly [string, ReadonlyArray<string>]> = []
  for (const [fragment, complete] of screens) {
    const page = yield* openPage(fragment, options)
    yield* Effect.promise(async () => {
      await complete(page)
      found.push([fragment, await violations(page)])
    })
  }
  assert.deepStrictEqual(
    found.filter(([, all]) => all.length > 0),
    [],
  )
})
