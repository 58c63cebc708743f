import packageJson from "../../../../package.json" with { type: "json" }
import * as Effect from "effect/Effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { pageHeaders } from "../browsers/securityHeaders.ts"
import { docsPath, homePath, openApiPath } from "../RoutePaths.ts"
import { webPage } from "./WebPageRoutes.ts"

const links = [
  { name: "reference", path: docsPath, meaning: "Reference of the API, to read and to try" },
  { name: "openapi", path: openApiPath, meaning: "The same as an OpenAPI document" },
  { name: "ready", path: "/health/ready", meaning: "Whether the database and the queue respond" },
  { name: "live", path: "/health/live", meaning: "Whether the process runs" },
  { name: "metrics", path: "/metrics", meaning: "Metrics for Prometheus" },
] as const

const json = {
  name: packageJson.name,
  version: packageJson.version,
  description: packageJson.description,
  links: Object.fromEntries(links.map(({ name, path }) => [name, path])),
}

/** @param host of the API, for the example; it has no characters that mean something in HTML or a shell */
const html = (host: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sluice</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{overflow:auto}</style>
</head>
<body>
<h1>Sluice ${packageJson.version}</h1>
<p>${packageJson.description} Post the URL of a CSV file:</p>
<pre>curl -d fileUrl=https://example.com/data.csv ${host}/download_file</pre>
<p>The response has the <code>jobId</code>; <code>/job_status?jobId=…</code> shows the progress and the table.</p>
<ul>
${links.map(({ meaning, path }) => `<li><a href="${path.slice(1)}">${path}</a>: ${meaning}</li>`).join("\n")}
</ul>
</body>
</html>
`

const hostOf = (request: HttpServerRequest.HttpServerRequest): string => {
  const { host } = request.headers
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) ? host : "localhost:3000"
}

const varyByAccept = (response: HttpServerResponse.HttpServerResponse) => {
  const { vary } = response.headers
  return HttpServerResponse.setHeader(response, "vary", vary === undefined ? "accept" : `${vary}, accept`)
}

/** The web page at `/` for browsers, or links if there is no page. Other clients get the links as JSON. */
export const layerHomePage = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const page = yield* webPage
    const headers = yield* pageHeaders(html(""))
    const links = (request: HttpServerRequest.HttpServerRequest) =>
      HttpServerResponse.text(html(hostOf(request)), { contentType: "text/html; charset=utf-8", headers })
    yield* router.add("GET", homePath, (request) =>
      Effect.gen(function* () {
        const isBrowser = request.headers["accept"]?.includes("text/html") === true
        const response = isBrowser ? ((yield* page) ?? links(request)) : yield* HttpServerResponse.json(json)
        return varyByAccept(response)
      }),
    )
  }),
)
