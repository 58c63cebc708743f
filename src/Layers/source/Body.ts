import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { loadError, type LoadError } from "../../Domain/LoadError.ts"
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

const size = (bytes: number | bigint): string =>
  `${bytes} bytes (${ByteSize.format(ByteSize.bytes(bytes), { precision: 1 })})`

/** Refuses a file whose declared size is over the limit. */
export const oversize = (host: string, declared: number | null, limit: ByteSize.ByteSize): LoadError | null =>
  declared === null || BigInt(declared) <= limit
    ? null
    : loadError(
        "source_too_large",
        `The file at ${host} has ${size(declared)}; at most ${size(limit)} are loaded (MAX_FILE_SIZE).`,
      )

/**
 * The bytes of an answer, as they come. Ends cleanly only when the whole body has arrived; otherwise fails
 * with `source_interrupted`, with `source_timeout` when a pull waits longer than `idleTimeout` (the time the
 * consumer takes does not count), or with `source_too_large` before the first byte over the limit is passed on.
 */
export const bodyBytes = (
  host: string,
  response: HttpClientResponse,
  limits: BodyLimits,
): Stream.Stream<Uint8Array, LoadError> =>
  Stream.suspend(() => {
    const declared = declaredSize(response)
    let received = 0
    const soFar = () =>
      declared === null ? `after ${received} bytes` : `after ${received} of ${declared} bytes`

    const interrupted = (cause?: unknown) =>
      loadError("source_interrupted", `${host} broke off the download ${soFar()}.`, { cause })

    return response.stream.pipe(
      Stream.mapError((error) => interrupted(causeOf(error))),
      Stream.mapArrayEffect((chunks) => {
        for (const chunk of chunks) received += chunk.byteLength
        if (BigInt(received) <= limits.maxFileSize) return Effect.succeed(chunks)
        return Effect.fail(
          loadError(
            "source_too_large",
            `${host} has sent ${size(received)} and more; at most ${size(limits.maxFileSize)} are loaded (MAX_FILE_SIZE).`,
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
  })
