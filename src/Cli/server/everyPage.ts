import * as Effect from "effect/Effect"

/**
 * Requests all pages, or until there are enough items. Returns the last page, and the items of all.
 *
 * @param request a page after a place, with at most `most` items
 * @param limit number of items
 */
export const everyPage = Effect.fnUntraced(function* <Page extends { readonly next: unknown }, A, E, R>(
  request: (after: NonNullable<Page["next"]> | undefined, most: number) => Effect.Effect<Page, E, R>,
  itemsOf: (page: Page) => ReadonlyArray<A>,
  limit = Number.POSITIVE_INFINITY,
) {
  const items: Array<A> = []
  let after: NonNullable<Page["next"]> | undefined
  while (true) {
    const page = yield* request(after, limit - items.length)
    for (const item of itemsOf(page)) items.push(item)
    if (page.next === null || page.next === undefined || items.length >= limit) return { last: page, items }
    after = page.next
  }
})
