import * as Effect from "effect/Effect"
import { HttpPlatform, HttpRouter, HttpServerError, HttpServerResponse, HttpStaticServer } from "effect/http"
import { WebPage } from "../../../Domain/service/WebPage.ts"
import { pageHeaders } from "../browsers/securityHeaders.ts"
import { pageFilesPath } from "../RoutePaths.ts"
import { compressed } from "./constantResponse.ts"

/** Names have a hash of the content, so browsers can keep a file for ever. */
const forEver = "public, max-age=31536000, immutable"

/** Serves a folder of the page once it is built; `null` if there is no page. */
const serveFolder = Effect.fnUntraced(function* (inside: string, cacheControl: string) {
  const platform = yield* HttpPlatform.HttpPlatform
  const page = yield* WebPage
  const files = yield* Effect.cached(
    Effect.flatMap(page, (folder) =>
      folder === null
        ? Effect.succeed(null)
        : Effect.map(HttpStaticServer.make({ root: folder + inside, cacheControl }), (files) =>
            compressed(files, platform),
          ),
    ),
  )
  return Effect.provideContext(files, yield* Effect.context<Effect.Services<typeof files>>())
})

/** The web page itself, without inline scripts or styles; `null` if there is none. */
export const webPage = Effect.gen(function* () {
  const files = yield* serveFolder("", "no-cache")
  const headers = yield* pageHeaders("")
  return Effect.flatMap(files, (page) =>
    page === null ? Effect.succeed(null) : Effect.map(page, HttpServerResponse.setHeaders(headers)),
  )
})

/** The files that the web page loads. */
export const layerWebPageFiles = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const files = yield* serveFolder(pageFilesPath, forEver)
    yield* router.prefixed(pageFilesPath).add("GET", "/:file", (request) =>
      Effect.flatMap(files, (found) =>
        found === null
          ? Effect.fail(
              new HttpServerError.HttpServerError({
                reason: new HttpServerError.RouteNotFound({ request }),
              }),
            )
          : found,
      ),
    )
  }),
)
