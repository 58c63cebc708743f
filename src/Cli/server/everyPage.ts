import * as Effect from "effect/Effect"

/** Requests all pages. Returns the last one, and the items of all. */
export const everyPage = Effect.fnUntraced(function* <Page extends { readonly next: unknown }, A, E, R>(
  request: (after: NonNullable<Page["next"]> | undefined) => Effect.Effect<Page, E, R>,
  itemsOf: (page: Page) => ReadonlyArray<A>,
) {
  const items: Array<A> = []
  let after: NonNullable<Page["next"]> | undefined
  while (true) {
    const page = yield* request(after)
    for (const item of itemsOf(page)) items.push(item)
    if (page.next === null || page.next === undefined) return { last: page, items }
    after = page.next
  }
})
