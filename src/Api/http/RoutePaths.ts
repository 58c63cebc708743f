import * as Context from "effect/Context"
import { FindMyWay } from "effect/http"
import { HttpApi } from "effect/http-api"
import { Api } from "../contract/Api.ts"
import { ChangesState, StreamsBody } from "../contract/Middleware.ts"

/** Path of the page with links to everything else. */
export const homePath = "/"
/** Path of the OpenAPI document. */
export const openApiPath = "/openapi.json"
/** Path of the reference page. */
export const docsPath = "/docs"
/** Path of the page's script and style. */
export const swaggerUiPath = "/docs/swagger-ui-:version"
export const faviconPath = "/favicon.ico"
/** Path of the files that the web page loads. */
export const pageFilesPath = "/page"

/** Paths of what is served beside the contract. */
const pagePaths = [
  homePath,
  `${pageFilesPath}/:file`,
  openApiPath,
  docsPath,
  `${swaggerUiPath}/:file`,
  faviconPath,
]

/** A path of this service, with all its methods. */
export interface RoutePath {
  /** As declared (`/problems/:code`), for span names and metrics. */
  readonly path: string
  /** Its methods, for the header `Allow`. */
  readonly methods: ReadonlyArray<string>
  readonly streamsBody: boolean
}

const allPaths = () => {
  const found = new Map<string, { readonly methods: Set<string>; readonly streamsBody: boolean }>()
  const add = (path: string, method: string, isSafe: boolean, streams = false) => {
    const { methods, streamsBody } = found.get(path) ?? { methods: new Set(), streamsBody: false }
    methods.add(method)
    if (method === "GET" && isSafe) methods.add("HEAD")
    found.set(path, { methods, streamsBody: streamsBody || streams })
  }
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { method, path }, mergedAnnotations }) => {
      const isSafe = Context.get(mergedAnnotations, ChangesState) === null
      add(path, method, isSafe, Context.get(mergedAnnotations, StreamsBody))
    },
  })
  for (const path of pagePaths) add(path, "GET", true)
  return found
}

/** Names of tables with their schema, and of files, are longer than the 100 characters that the router allows. */
export const routerConfig: Partial<FindMyWay.RouterConfig> = { maxParamLength: 1024 }

const paths = FindMyWay.make<RoutePath>(routerConfig)
for (const [path, { methods, streamsBody }] of allPaths())
  paths.on("GET", path as FindMyWay.PathInput, { path, methods: [...methods, "OPTIONS"], streamsBody })

/** The path that serves this URL, matched as the router does; `undefined` if there is none. */
export const routePathOf = (url: string): RoutePath | undefined => paths.find("GET", url)?.handler

/** Whether the body of a request to this URL is a file that is read while it arrives. */
export const streamsBody = (url: string): boolean => routePathOf(url)?.streamsBody === true

/** The path of an unknown URL for logs and responses: without its query, and cut to 200 characters. */
export const pathOf = (url: string): string => url.replace(/[?#].*$/s, "").slice(0, 200)

const pages: ReadonlySet<string> = new Set([...pagePaths, "/problems/:code"])

/** Whether a path is served to anyone, and to people rather than to tools: a page, or no path of this API. */
export const isPublic = (route: RoutePath | undefined): boolean =>
  route === undefined || pages.has(route.path)

const polled: ReadonlySet<string> = new Set(["/health/live", "/health/ready", "/health/summary", "/metrics"])

/** Whether the URL is one that tools poll every few seconds. Such requests are neither logged nor traced. */
export const isQuiet = (url: string): boolean => polled.has(routePathOf(url)?.path ?? "")
