import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * The folder of the built web page: `index.html`, and in `page` the files that it loads, whose names change with their content.
 * `null` if this process has none. Waits while the page is built.
 */
export const WebPage = Context.Reference<Effect.Effect<string | null>>("sluice/Domain/WebPage", {
  defaultValue: () => Effect.succeed(null),
})
