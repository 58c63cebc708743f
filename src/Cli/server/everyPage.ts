import * as Effect from "effect/Effect"

/** The items of all pages. */
export const everyPage = Effect.fnUntraced(function* <A, Place, E, R>(
  request: (
    after: Place | undefined,
  ) => Effect.Effect<{ readonly items: ReadonlyArray<A>; readonly next: Place | null }, E, R>,
) {
  const found: Array<A> = []
  let after: Place | undefined
  while (true) {
    const { items, next } = yield* request(after)
    for (const item of items) found.push(item)
    if (next === null) return found
    after = next
  }
})
