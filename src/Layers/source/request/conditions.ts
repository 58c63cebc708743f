import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { createHash } from "node:crypto"
import type { KnownVersion } from "../../../Domain/source/FileVersion.ts"
import type { Fetched, HeadersFor } from "./followRedirects.ts"

/** What can be sent again as the value of a header. */
const sendable = /^[\x20-\x7e]{1,1000}$/

const validator = (header: string | undefined): string | null =>
  header !== undefined && sendable.test(header) ? header : null

/** The query of a signed URL differs each time. A path can contain secrets, so only its hash is stored. */
const locationOf = ({ origin, pathname }: URL): string =>
  createHash("sha256")
    .update(origin + pathname)
    .digest("hex")

/** The validators of a response (RFC 9110, 8.8). */
export const validatorsOf = ({
  request,
  response: { headers },
}: Pick<Fetched<unknown>, "request" | "response">) => ({
  etag: validator(headers["etag"]),
  lastModified: validator(headers["last-modified"]),
  location: locationOf(request.url),
})

/**
 * The headers that ask for the file unless it is still this version (RFC 9110, 13.1). Only the place that sent the validators gets
 * them: a redirect can lead to another file, whose server would compare them with a version of its own.
 */
export const conditionsOf =
  ({ etag, lastModified, location }: KnownVersion): HeadersFor =>
  (url) =>
    location === locationOf(url)
      ? {
          ...(etag === null ? {} : { "if-none-match": etag }),
          ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
        }
      : {}

/** Whether the response says that the file is still the version of the conditions. */
export const isNotModified = (
  conditions: Readonly<Record<string, string>>,
  { status }: HttpClientResponse,
): boolean => status === 304 && Object.keys(conditions).length > 0
