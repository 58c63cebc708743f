import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { codingNames } from "../request/ContentEncoding.ts"
import { contentLength, parseContentRange } from "../request/ResponseHeaders.ts"
import { statusError } from "../request/statusError.ts"
import { strongValidator, type Validator, versionOf } from "./Validator.ts"

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
  if (status !== 200 && status !== 206) return statusError(host, response, now)
  if (version === "other") return changed(`its ${file.validator.header} is different`)
  if (status === 200) return unusable("sent the whole file instead of the rest")

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
