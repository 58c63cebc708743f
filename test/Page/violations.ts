import axe from "axe-core"
import type { BrowserContextOptions, Page } from "playwright-core"

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
