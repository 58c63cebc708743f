import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type { KnownVersion } from "../../../Domain/source/FileVersion.ts"

/** What can be sent again as the value of a header. */
const sendable = /^[\x20-\x7e]{1,1000}$/

const validator = (header: string | undefined): string | null =>
  header !== undefined && sendable.test(header) ? header : null

/** The validators of a response (RFC 9110, 8.8). */
export const validatorsOf = ({ headers }: HttpClientResponse) => ({
  etag: validator(headers["etag"]),
  lastModified: validator(headers["last-modified"]),
})

/** The headers that ask for the file unless it is still this version (RFC 9110, 13.1). */
export const conditionsOf = ({ etag, lastModified }: KnownVersion): Readonly<Record<string, string>> => ({
  ...(etag === null ? {} : { "if-none-match": etag }),
  ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
})

/** Whether the response says that the file is still the version of the conditions. */
export const isNotModified = (
  conditions: Readonly<Record<string, string>>,
  { status }: HttpClientResponse,
): boolean => status === 304 && Object.keys(conditions).length > 0
