import type * as ByteSize from "effect/ByteSize"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { sizeInWords } from "../../../Bytes/SizeInWords.ts"

/** `Content-Length` in bytes, or `null` when the server does not say. */
export const declaredSize = (response: HttpClientResponse): number | null => {
  const value = response.headers["content-length"]
  if (value === undefined || !/^\d+$/.test(value)) return null
  return Number.isSafeInteger(Number(value)) ? Number(value) : null
}

/** Whether only the end of the connection ends the body (RFC 9112, 6.3): a cut cannot be told from it. */
export const mayBeCutOff = (response: HttpClientResponse): boolean =>
  response.headers["content-length"] === undefined && response.headers["transfer-encoding"] === undefined

/** Refuses a file whose declared size is over the limit. */
export const oversize = (host: string, declared: number | null, limit: ByteSize.ByteSize): LoadError | null =>
  declared === null || BigInt(declared) <= limit
    ? null
    : loadError(
        "source_too_large",
        `The file at ${host} has ${sizeInWords(declared)}; at most ${sizeInWords(limit)} are loaded (MAX_FILE_SIZE).`,
      )
