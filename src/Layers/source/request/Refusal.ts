import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { parseRetryAfter } from "./RetryAfter.ts"

const tooEarlyOrTooMany = new Set([408, 425, 429])

const unavailable = (status: number): boolean =>
  tooEarlyOrTooMany.has(status) || (status >= 500 && status <= 599)

/**
 * What an answer other than the file means; `null` when it is 200. A redirect that can be followed is not
 * asked about.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export const refusal = (host: string, response: HttpClientResponse, now: number): LoadError | null => {
  const { status, headers } = response
  const answered = `${host} answered ${status}`
  if (status === 200) return null
  if (status === 204) return loadError("empty_file", `${answered}: there is no file content at this URL.`)
  if (status === 404 || status === 410) {
    return loadError("source_not_found", `${answered}: there is no file at this URL. Check the path.`)
  }
  if (status === 401 || status === 403) {
    return loadError(
      "source_access_denied",
      `${answered}: access was denied. Check the user and password, or that a signed URL has not expired.`,
    )
  }
  if (unavailable(status)) {
    return loadError("source_unavailable", `${answered}: it cannot serve the file at present. Try later.`, {
      retryAfter: parseRetryAfter(headers["retry-after"], now),
    })
  }
  if (status >= 300 && status <= 399 && status !== 304) {
    return loadError("invalid_redirect", `${answered}, a redirect, without saying where to.`)
  }
  return loadError(
    "source_rejected",
    `${answered} where 200 with the file was expected. Check that the URL can be fetched with a plain GET.`,
  )
}
