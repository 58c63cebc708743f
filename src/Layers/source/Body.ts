import type * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { loadError, type LoadError } from "../../Domain/LoadError.ts"
import { sizeInWords } from "./SizeInWords.ts"
import { causeOf } from "./TransportFailure.ts"

/** The bounds of a download. */
export interface BodyLimits {
  readonly maxFileSize: ByteSize.ByteSize
  readonly idleTimeout: Duration.Duration
}

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

/** The body of an answer, to be read once. */
export interface Body {
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** Bytes that have come so far. */
  readonly received: () => number
}

/**
 * The bytes of an answer, as they come. Ends cleanly only when the whole body has arrived; otherwise fails
 * with `source_interrupted`, with `source_timeout` when a pull waits longer than `idleTimeout` (the time the
 * consumer takes does not count), or with `source_too_large` before the first byte over the limit is passed on.
 */
export const bodyOf = (host: string, response: HttpClientResponse, limits: BodyLimits): Body => {
  const declared = declaredSize(response)
  let received = 0
  const soFar = () =>
    declared === null ? `after ${received} bytes` : `after ${received} of ${declared} bytes`

  const interrupted = (cause?: unknown) =>
    loadError("source_interrupted", `${host} broke off the download ${soFar()}.`, { cause })

  const bytes = response.stream.pipe(
    Stream.mapError((error) => interrupted(causeOf(error))),
    Stream.mapArrayEffect((chunks) => {
      for (const chunk of chunks) received += chunk.byteLength
      if (BigInt(received) <= limits.maxFileSize) return Effect.succeed(chunks)
      return Effect.fail(
        loadError(
          "source_too_large",
          `${host} has sent ${sizeInWords(received)} and more; at most ${sizeInWords(limits.maxFileSize)} are loaded (MAX_FILE_SIZE).`,
        ),
      )
    }),
    Stream.timeoutOrElse({
      duration: limits.idleTimeout,
      orElse: () =>
        Stream.fail(
          loadError(
            "source_timeout",
            `${host} sent nothing for ${Duration.format(limits.idleTimeout)} ${soFar()}.`,
          ),
        ),
    }),
    Stream.concat(
      Stream.suspend(() =>
        declared === null || received === declared ? Stream.empty : Stream.fail(interrupted()),
      ),
    ),
  )
  return { bytes, received: () => received }
}
