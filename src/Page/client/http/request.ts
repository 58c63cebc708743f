import { apiKey, askForKey } from "./apiKey.ts"
import { type Answer, problemIn, unreachable } from "./Problem.ts"

/** A request to the API of the page's own origin. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly query?: Readonly<Record<string, string | number | undefined>> | URLSearchParams
  /** A form, or the bytes of a file. */
  readonly body?: URLSearchParams | Blob
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** The relative URL of an endpoint, so that the page works below a path of a proxy. */
export const urlOf = (path: string, query: ApiRequest["query"] = {}): string => {
  const pairs = query instanceof URLSearchParams ? [...query] : Object.entries(query)
  const given = pairs.flatMap(([name, value]): ReadonlyArray<[string, string]> =>
    value === undefined ? [] : [[name, String(value)]],
  )
  const text = new URLSearchParams(given).toString()
  return path.replace(/^\//, "") + (text === "" ? "" : `?${text}`)
}

/** The header with this tab's API key, if it has one. */
export const authorization = (): Record<string, string> => {
  const key = apiKey()
  return key === null ? {} : { authorization: `Bearer ${key}` }
}

/** Sends a request, after asking for an API key if one is needed. Rejects only when it is aborted. */
export const send = async (path: string, request: ApiRequest = {}): Promise<Response | null> => {
  const { body = null, headers, method = "GET", query, signal = null } = request
  while (true) {
    const key = apiKey()
    try {
      // @effect-diagnostics-next-line globalFetch:off - the HTTP client would double the size of the page.
      const response = await fetch(urlOf(path, query), {
        method,
        body,
        signal,
        headers: { accept: "application/json", ...headers, ...authorization() },
      })
      if (response.status !== 401) return response
    } catch (error) {
      if (signal?.aborted === true) throw error
      return null
    }
    await askForKey(key)
  }
}

/** Sends a request and reads its result. The service and this page are of one version, so the type is that of the contract. */
export const ask = <A>(path: string, request: ApiRequest = {}): Promise<Answer<A>> =>
  askAndRead(path, request, async (response) => {
    // `response.json()` mistakes names (src/Bytes/exactJsonNames.ts).
    const body: unknown = response.status === 204 ? null : JSON.parse(await response.text())
    return body as A
  })

/** As `ask`, with what `read` makes of the response. A response that breaks off is as good as none. */
export const askAndRead = async <A>(
  path: string,
  request: ApiRequest,
  read: (response: Response) => Promise<A>,
): Promise<Answer<A>> => {
  const response = await send(path, request)
  if (response === null) return { _tag: "Failure", problem: unreachable }
  if (!response.ok) return { _tag: "Failure", problem: await problemIn(response) }
  try {
    return { _tag: "Success", value: await read(response) }
  } catch (error) {
    if (request.signal?.aborted === true) throw error
    return { _tag: "Failure", problem: unreachable }
  }
}
