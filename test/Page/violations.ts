import { assert } from "@effect/vitest"
import axe from "axe-core"
import * as Effect from "effect/Effect"
import type { BrowserContextOptions, Page } from "playwright-core"
import { openPage } from "./servicePage.ts"

/** The widths at which each screen is looked at. */
export const settings: Readonly<Record<string, BrowserContextOptions>> = {
  "in light and in dark colours": {},
  "on a phone": { viewport: { width: 360, height: 740 } },
}

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: ReadonlyArray<{ readonly html: string }>
}

/** What axe-core objects to, by these of its rules, or by all. */
const barriers = async (page: Page, rules: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const options = rules.length === 0 ? {} : { runOnly: { type: "rule", values: rules } }
  const found: ReadonlyArray<Violation> = await page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
  return found.map(({ help, id, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`)
}

/** The themes differ in colours, and in the button that switches them. */
const inDarkColours = ["color-contrast", "link-in-text-block", "button-name"]

/** What axe-core, and the width of the window, object to, in both themes. */
export const violations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe.source)
  const found = await barriers(page, [])
  const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
  await page.emulateMedia({ colorScheme: "dark" })
  const inDark = await barriers(page, inDarkColours)
  await page.emulateMedia({ colorScheme: "light" })
  return [
    ...found,
    ...inDark.map((barrier) => `in dark colours: ${barrier}`),
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
