import type { Headers } from "effect/http/Headers"
import { parseHttpDate } from "./HttpDate.ts"

/** What tells one version of a file from every other: fit for `If-Range`, to be sent as the server spelled it. */
export interface Validator {
  readonly header: "etag" | "last-modified"
  readonly value: string
}

/** RFC 9110, 8.8.3, without what is not ASCII. A weak one begins with `W/`. */
const strongEntityTag = /^"[\x21\x23-\x7e]*"$/

/**
 * How much older than the answer a modification must be to count as strong. A file may change twice within the
 * one second the date can tell, and the clock that dates files need not be the one that dates answers; a
 * minute, of RFC 7232, 2.2.2, is what RFC 9110 calls enough difference.
 */
const oldEnoughMillis = 60_000

/**
 * The strong validator of an answer, or `null`: a strong entity tag; without any entity tag a modification
 * date, when it is strong (RFC 9110, 8.8.2.2). Beside a weak entity tag the date must not be used (13.1.5).
 */
export const strongValidator = (headers: Headers): Validator | null => {
  const tag = headers["etag"]?.trim()
  if (tag !== undefined) return strongEntityTag.test(tag) ? { header: "etag", value: tag } : null
  const modified = parseHttpDate(headers["last-modified"])
  const sent = parseHttpDate(headers["date"])
  if (modified === null || sent === null || sent - modified < oldEnoughMillis) return null
  return { header: "last-modified", value: headers["last-modified"]!.trim() }
}

/** What an answer says of the version it holds: `same`, `other`, or nothing. */
export const versionOf = (headers: Headers, validator: Validator): "same" | "other" | "unknown" => {
  const told = headers[validator.header]?.trim()
  if (told !== undefined) return told === validator.value ? "same" : "other"
  // A server that gave no entity tag and now gives one is not the same server, or not the same file.
  return validator.header === "last-modified" && headers["etag"] !== undefined ? "other" : "unknown"
}
