import type { NonEmptyReadonlyArray } from "effect/Array"
import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { ExcessBytes } from "../guard/ContentLengthGuard.ts"
import { type Connection, ConnectionLost } from "./Connection.ts"
import { LeastRate } from "./LeastRate.ts"
import type { Resumer } from "./Resumer.ts"

/** A download whose first response was accepted. */
export interface StartedDownload {
  /** For messages. */
  readonly host: string
  readonly connection: Connection
  /** `Content-Length`, or `null`. */
  readonly size: number | null
  readonly resume: Resumer["resume"]
}

export interface BodyLimits {
  readonly maxFileSize: ByteSize.ByteSize
  readonly idleTimeout: Duration.Duration
  /** Bytes per second. */
  readonly leastRate: ByteSize.ByteSize
  /** The time over which the rate is averaged. */
  readonly rateWindow: Duration.Duration
}

/** A file as it is sent. */
export interface Body {
  /** To be read once. */
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** Bytes returned so far. */
  readonly received: () => number
}

/**
 * The bytes of a file as they arrive, over as many connections as it takes. Ends without an error only after exactly the
 * declared number of bytes. Fails with `source_interrupted`, with `source_timeout` if a pull waits longer than the idle
 * timeout (a slow consumer does not count), with `source_too_slow`, with `source_changed`, or with `source_too_large`
 * instead of the first chunk over the limit.
 *
 * A resume requests again what the lost connection had received but nobody had pulled.
 */
export const resumableBody = (download: StartedDownload, limits: BodyLimits): Body => {
  const { host, size, resume } = download
  const maxFileSize = Number(limits.maxFileSize)
  const leastRate = new LeastRate(Number(limits.leastRate), limits.rateWindow)
  let { connection } = download
  let received = 0

  /** The error if the download cannot be resumed. Always retryable: the next attempt can succeed. */
  const notResumed = (lost: ConnectionLost, reason: LoadError): LoadError => {
    const [code, problem] = lost.isIdle
      ? (["source_timeout", `sent nothing for ${Duration.format(limits.idleTimeout)}`] as const)
      : (["source_interrupted", "closed the connection"] as const)
    const progress = size === null ? `${received} bytes` : `${received} of ${size} bytes`
    return loadError(
      reason.code === "source_changed" ? reason.code : code,
      `${host} ${problem} after ${progress}. The download could not be resumed: ${reason.message}`,
      { retryAfter: reason.retryAfter, isHostBusy: reason.isHostBusy, cause: lost.cause },
    )
  }

  const tooLong = () =>
    received > maxFileSize
      ? loadError(
          "source_too_large",
          `${host} sent more than MAX_FILE_SIZE (${ByteSize.format(limits.maxFileSize)}): ${received} bytes so far.`,
        )
      : loadError("source_interrupted", `${host} sent more than the ${size} bytes that it declared.`)

  /** Closes the connection. If the pull is interrupted before the next one opens, the next pull resumes again. */
  const close = (lost: ConnectionLost) =>
    Effect.suspend(() => {
      const { close } = connection
      connection = { pull: Effect.fail(lost), close }
      return close
    })

  const resumed = (lost: ConnectionLost): Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, LoadError> =>
    close(lost).pipe(
      Effect.andThen(resume(lost, received)),
      Effect.mapError((reason) => notResumed(lost, reason)),
      Effect.flatMap((next) => {
        connection = next
        return pull
      }),
    )

  const tooSlow = (rate: number) =>
    loadError(
      "source_too_slow",
      `${host} sent ${Math.round(rate)} bytes per second, after ${received} bytes in total: less than SOURCE_LEAST_RATE (${ByteSize.format(limits.leastRate)} per second). Copy the file to a faster server.`,
    )

  let waitingSince = 0
  const pull: Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, LoadError> = Effect.matchEffect(
    Effect.suspend(() => {
      waitingSince = performance.now()
      return connection.pull
    }),
    {
      onSuccess: (chunks) => {
        const before = received
        for (const chunk of chunks) received += chunk.byteLength
        const rate = leastRate.tooSlow(performance.now() - waitingSince, received - before)
        if (rate !== null && received !== size) return Effect.fail(tooSlow(rate))
        return received <= maxFileSize && (size === null || received <= size)
          ? Effect.succeed(chunks)
          : Effect.fail(tooLong())
      },
      onFailure: (end) => {
        if (end instanceof ExcessBytes) return Effect.fail(tooLong())
        const rate = leastRate.tooBroken(performance.now() - waitingSince, received)
        if (received === size || (Cause.isDone(end) && size === null)) return Cause.done()
        if (rate !== null) return Effect.fail(tooSlow(rate))
        return resumed(
          Cause.isDone(end) ? new ConnectionLost({ isIdle: false, reason: "response ended early" }) : end,
        )
      },
    },
  )

  const bytes = Stream.unwrap(
    Effect.as(
      Effect.addFinalizer(() => connection.close),
      Stream.fromPull(Effect.succeed(pull)),
    ),
  )
  return { bytes, received: () => received }
}
