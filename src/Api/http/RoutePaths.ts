import * as Context from "effect/Context"
import { FindMyWay } from "effect/http"
import { HttpApi } from "effect/http-api"
import { Api } from "../contract/Api.ts"
import { ChangesState } from "../contract/JobsApi.ts"

/** Where the OpenAPI document is served. */
export const openApiPath = "/openapi.json"
/** Where the reference page is served. */
export const docsPath = "/docs"

/** A path of this service, whatever the method. */
export interface RoutePath {
  /** As declared, `/problems/:code`: fit for span names and metrics. */
  readonly path: string
  /** What it answers to, as the header `Allow` lists it. */
  readonly methods: ReadonlyArray<string>
}

const methodsByPath = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  const add = (path: string, method: string, isSafe: boolean) => {
    const methods = found.get(path) ?? new Set()
    methods.add(method)
    if (method === "GET" && isSafe) methods.add("HEAD")
    found.set(path, methods)
  }
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, mergedAnnotations }) =>
      add(endpoint.path, endpoint.method, !Context.get(mergedAnnotations, ChangesState)),
  })
  add(openApiPath, "GET", true)
  add(docsPath, "GET", true)
  return found
}

const paths = FindMyWay.make<RoutePath>()
for (const [path, methods] of methodsByPath()) {
  paths.on("GET", path as FindMyWay.PathInput, { path, methods: [...methods, "OPTIONS"] })
}

/** The path that serves this URL by the router's own rules of matching, or `undefined`. */
export const routePathOf = (url: string): RoutePath | undefined => paths.find("GET", url)?.handler

/** The path of a URL nothing serves, fit for a log line or an answer: without its query, and not endless. */
export const pathOf = (url: string): string => url.replace(/[?#].*$/s, "").slice(0, 200)

const quiet: ReadonlySet<string> = new Set(["/health/live", "/health/ready", "/metrics"])

/** Asked every few seconds by machines: neither logged nor traced. */
export const isQuiet = (url: string): boolean => quiet.has(routePathOf(url)?.path ?? "")
