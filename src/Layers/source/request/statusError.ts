import type * as Duration from "effect/Duration"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { isWholeFile, parseRetryAfter } from "./ResponseHeaders.ts"

/** A 403 with `Retry-After` is a rate limit. */
const isUnavailable = (status: number, retryAfter: Duration.Duration | null): boolean =>
  (status === 403 && retryAfter !== null) ||
  status === 408 ||
  status === 425 ||
  status === 429 ||
  (status >= 500 && status <= 599)

/** Whether the host, and not only this file, should be requested less often. */
const isBusy = (status: number, retryAfter: Duration.Duration | null): boolean =>
  status === 429 || status === 503 || retryAfter !== null

/**
 * The error for a response that does not have the whole file; `null` if it has. Redirects with a `Location` have been followed before.
 *
 * @param now milliseconds since the epoch, to compare with a date in `Retry-After`
 */
export const statusError = (host: string, response: HttpClientResponse, now: number): LoadError | null => {
  const { status, headers } = response
  const responded = `${host} responded with ${status}`
  if (isWholeFile(response)) return null
  if (status === 206) {
    return loadError(
      "source_rejected",
      `${responded} and part of the file, although all of it was requested.`,
    )
  }
  if (status === 204) return loadError("empty_file", `${responded}: there is no file content at this URL.`)
  if (status === 404 || status === 410) {
    return loadError("source_not_found", `${responded}: there is no file at this URL. Check the path.`)
  }
  const retryAfter = parseRetryAfter(headers["retry-after"], now)
  if (isUnavailable(status, retryAfter)) {
    return loadError("source_unavailable", `${responded}: it cannot serve the file now. Try later.`, {
      retryAfter,
      isHostBusy: isBusy(status, retryAfter),
    })
  }
  if (status === 401 || status === 403) {
    return loadError(
      "source_access_denied",
      `${responded}: access denied. Check the user and password, or whether a signed URL has expired. ` +
        "If the server wants a token, or refuses unknown programs, give the option headers (Authorization, User-Agent).",
    )
  }
  if (status >= 300 && status <= 399 && status !== 304) {
    return loadError(
      "invalid_redirect",
      headers["location"] === undefined
        ? `${responded}, a redirect, but gave no address.`
        : `${responded}, which is not a redirect that leads to a file.`,
    )
  }
  return loadError(
    "source_rejected",
    `${responded} instead of 200. Check that a plain GET of the URL returns the file.`,
  )
}
