import type { Headers } from "effect/http/Headers"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { codingNames } from "../request/ContentEncoding.ts"
import { contentLength, parseContentRange, parseHttpDate } from "../request/ResponseHeaders.ts"
import { statusError } from "../request/statusError.ts"

/** Identifies one version of a file. Sent in `If-Range` exactly as the server spelled it. */
interface Validator {
  readonly header: "etag" | "last-modified"
  readonly value: string
}

/** RFC 9110, 8.8.3, ASCII only. A weak tag starts with `W/`. */
const strongEntityTag = /^"[\x21\x23-\x7e]*"$/

/**
 * How much older than the response a `Last-Modified` must be to be strong. A file can change twice within a second, the
 * date's resolution, and files and responses can be dated by different clocks. RFC 9110 considers a minute enough.
 */
const minAgeMillis = 60_000

/**
 * The strong validator of a response, or `null`: a strong `ETag`, or without any `ETag` a strong `Last-Modified`
 * (RFC 9110, 8.8.2.2). With a weak `ETag` the date must not be used (13.1.5).
 */
export const strongValidator = (headers: Headers): Validator | null => {
  const tag = headers["etag"]?.trim()
  if (tag !== undefined) return strongEntityTag.test(tag) ? { header: "etag", value: tag } : null
  const modified = parseHttpDate(headers["last-modified"])
  const sent = parseHttpDate(headers["date"])
  if (modified === null || sent === null || sent - modified < minAgeMillis) return null
  return { header: "last-modified", value: headers["last-modified"]!.trim() }
}

/** Compares the version of a response with a validator. */
export const versionOf = (headers: Headers, validator: Validator): "same" | "other" | "unknown" => {
  const value = headers[validator.header]?.trim()
  if (value !== undefined) return value === validator.value ? "same" : "other"
  // A server that sent no ETag before and sends one now is another server, or has another file.
  return validator.header === "last-modified" && headers["etag"] !== undefined ? "other" : "unknown"
}

/** A file whose rest can be requested after a broken connection. Sizes are as sent, compressed or not. */
export interface ResumableFile {
  readonly validator: Validator
  readonly size: number
  /** The content codings, in the order they were applied. */
  readonly codings: string
}

/** A request for the rest of a file, from an offset, in the same version. */
export interface RangeRequest {
  readonly file: ResumableFile
  readonly offset: number
}

/** The file that a 200 response starts, or the reason why its rest cannot be requested. */
export const resumableFile = (response: HttpClientResponse): Result.Result<ResumableFile, string> => {
  const { headers } = response
  const size = contentLength(response)
  if (size === null) return Result.fail("the server did not declare the file's size")
  if (headers["accept-ranges"]?.trim().toLowerCase() === "none")
    return Result.fail("the server does not support range requests")
  const validator = strongValidator(headers)
  if (validator === null) {
    return Result.fail("the server sent neither a strong ETag nor an old enough Last-Modified")
  }
  return Result.succeed({ validator, size, codings: codingNames(response).join(", ") })
}

/** Requests the rest of the file, or all of it if it has changed (RFC 9110, 13.1.5 and 14.2). */
export const rangeHeaders = ({ file, offset }: RangeRequest): Readonly<Record<string, string>> => ({
  range: `bytes=${offset}-`,
  "if-range": file.validator.value,
})

/**
 * The error if a response is not exactly the requested rest of the same file; `null` if it is.
 *
 * `source_changed` if the file has changed, `source_interrupted` if the response has other bytes or does not prove that
 * it is the same file, otherwise that of `statusError`. Redirects with a `Location` have been followed before.
 *
 * @param now milliseconds since the epoch, to compare with a date in `Retry-After`
 */
export const rangeResponseError = (
  host: string,
  { file, offset }: RangeRequest,
  response: HttpClientResponse,
  now: number,
): LoadError | null => {
  const { status, headers } = response
  const changed = (how: string) =>
    loadError("source_changed", `The file at ${host} changed during the download: ${how}.`)
  const unusable = (why: string) => loadError("source_interrupted", `${host} ${why}.`)

  const version = versionOf(headers, file.validator)
  if (status === 412) return changed("the server responded with 412")
  if (status === 416) return changed(`it no longer has a byte ${offset}`)
  const refused = status === 206 ? null : statusError(host, response, now)
  if (refused !== null) return refused
  if (version === "other") return changed(`its ${file.validator.header} is different`)
  if (status !== 206) return unusable("sent the whole file instead of the rest")

  // A 206 must repeat the ETag, and can leave out all other headers (RFC 9110, 15.3.7).
  if (version === "unknown" && file.validator.header === "etag") {
    return unusable("sent the rest of the file without its ETag")
  }
  if (headers["content-type"]?.trim().toLowerCase().startsWith("multipart/byteranges") === true) {
    return unusable("sent the rest of the file in several parts")
  }
  const range = parseContentRange(headers["content-range"])
  if (range === null) return unusable("sent part of the file without a valid Content-Range")
  if (range.size !== null && range.size !== file.size) {
    return changed(`it has ${range.size} bytes instead of ${file.size}`)
  }
  if (range.first !== offset || range.last !== file.size - 1) {
    return unusable(`sent bytes ${range.first} to ${range.last} instead of ${offset} to ${file.size - 1}`)
  }
  const length = contentLength(response)
  if (length !== null && length !== file.size - offset) {
    return unusable(`declared ${length} bytes instead of ${file.size - offset}`)
  }
  const codings = codingNames(response).join(", ")
  const mayOmitCodings = version === "same" && headers["content-encoding"] === undefined
  if (codings !== file.codings && !mayOmitCodings) {
    return unusable("sent the rest of the file in another encoding")
  }
  return null
}
