import type { Headers } from "effect/http/Headers"
import { parseHttpDate } from "../request/ResponseHeaders.ts"

/** Identifies one version of a file. Sent in `If-Range` exactly as the server spelled it. */
export interface Validator {
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
