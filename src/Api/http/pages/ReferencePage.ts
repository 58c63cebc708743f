import swaggerUi from "swagger-ui-dist/package.json" with { type: "json" }
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import { HttpPlatform, HttpRouter, HttpStaticServer } from "effect/http"
import { OpenApi } from "effect/http-api"
import { Api } from "../../contract/Api.ts"
import { compressed, constantResponse } from "./constantResponse.ts"
import { docsPath, faviconPath, openApiPath, swaggerUiPath } from "../RoutePaths.ts"

/** Assets have the version in their path, so that browsers can keep them for ever. */
const assetsPath = swaggerUiPath.replace(":version", swaggerUi.version)
const script = "swagger-ui-bundle.js"
const style = "swagger-ui.css"

const favicon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1d6fa5"/><path d="M6 9h20M6 16h20M6 23h20M13 9v14" stroke="#fff" stroke-width="2.5"/></svg>'

/** Opens the request that creates a job, ready to be sent, and names no other host. */
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Sluice API</title>
    <link rel="icon" type="image/svg+xml" href="${faviconPath}" />
    <link rel="stylesheet" href="${assetsPath}/${style}" />
    <style>body { margin: 0 }</style>
  </head>
  <body>
    <div id="reference"></div>
    <script src="${assetsPath}/${script}"></script>
    <script>
      document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches)
      const reference = SwaggerUIBundle({
        url: "${openApiPath}",
        dom_id: "#reference",
        deepLinking: true,
        tryItOutEnabled: true,
        displayRequestDuration: true,
        defaultModelsExpandDepth: 0,
        validatorUrl: null,
        onComplete: () => reference.layoutActions.show(["operations", "Jobs", "downloadFile"], true),
      })
    </script>
  </body>
</html>
`

/** Serves two files of Swagger UI, and none of its others. */
const layerAssets = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const path = yield* Path.Path
    const platform = yield* HttpPlatform.HttpPlatform
    const file = yield* path.fromFileUrl(new URL(import.meta.resolve(`swagger-ui-dist/${script}`)))
    const files = yield* HttpStaticServer.make({
      root: path.dirname(file),
      cacheControl: "public, max-age=31536000, immutable",
    })
    for (const name of [script, style])
      yield* router.prefixed(assetsPath).add("GET", `/${name}`, compressed(files, platform))
  }),
)

/** The reference page, its assets and the OpenAPI document: compressed, and cached by browsers. */
export const layerReferencePage = Layer.mergeAll(
  layerAssets,
  constantResponse(docsPath, "text/html; charset=utf-8", () => page),
  constantResponse(faviconPath, "image/svg+xml", () => favicon),
  constantResponse(openApiPath, "application/json", () => JSON.stringify(OpenApi.fromApi(Api))),
)
