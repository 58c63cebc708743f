import type { NonEmptyReadonlyArray } from "effect/Array"
import type * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { SurplusBytes } from "../guard/DeclaredEnd.ts"
import { Break, type Leg } from "./Leg.ts"
import { sizeInWords } from "../../../Bytes/SizeInWords.ts"

/** A download that has begun. */
export interface Beginning {
  /** Where it comes from, for messages. */
  readonly host: string
  readonly leg: Leg
  /** Its size as declared, or `null`. */
  readonly declared: number | null
  /** Goes on from a byte after a break, whose leg is closed. Fails with why that cannot be. */
  readonly resume: (broken: Break, offset: number) => Effect.Effect<Leg, LoadError>
}

/** The bounds of a download. */
export interface BodyLimits {
  readonly maxFileSize: ByteSize.ByteSize
  readonly idleTimeout: Duration.Duration
}

/** A whole file as it is sent, to be read once. */
export interface Body {
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** Bytes that have been passed on so far. */
  readonly received: () => number
}

/**
 * The bytes of a file, as they come, over as many connections as it takes: the reader sees one stream. Ends
 * cleanly only when all bytes have arrived, as many as were declared and no more. Otherwise fails with
 * `source_interrupted`, with `source_timeout` when a pull waits longer than the idle timeout (the time the
 * consumer takes does not count), with `source_changed`, or with `source_too_large` before the first byte over
 * the limit is passed on.
 *
 * What a broken connection brought and nobody had pulled is not counted, and is asked for again.
 */
export const bodyOf = ({ host, leg: first, declared, resume }: Beginning, limits: BodyLimits): Body => {
  const longest = Number(limits.maxFileSize)
  let leg = first
  let received = 0

  const soFar = () =>
    declared === null ? `after ${received} bytes` : `after ${received} of ${declared} bytes`

  /** How the attempt ends when the download cannot be gone on with. Another attempt may always help. */
  const abandoned = (broken: Break, reason: LoadError): LoadError => {
    const [code, what] = broken.isSilence
      ? (["source_timeout", `sent nothing for ${Duration.format(limits.idleTimeout)}`] as const)
      : (["source_interrupted", "broke off the download"] as const)
    return loadError(
      reason.code === "source_changed" ? reason.code : code,
      `${host} ${what} ${soFar()}. It could not be resumed: ${reason.message}`,
      { retryAfter: reason.retryAfter, cause: broken.cause },
    )
  }

  const tooMany = () =>
    received > longest
      ? loadError(
          "source_too_large",
          `${host} has sent ${sizeInWords(received)} and more; at most ${sizeInWords(limits.maxFileSize)} are loaded (MAX_FILE_SIZE).`,
        )
      : loadError(
          "source_interrupted",
          `${host} has sent more than the ${declared} bytes it declared the file to have.`,
        )

  /** Closes the connection; a pull that is interrupted before there is another finds the break again. */
  const leave = (broken: Break) =>
    Effect.suspend(() => {
      const { close } = leg
      leg = { pull: Effect.fail(broken), close }
      return close
    })

  const goOn = (broken: Break): Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, LoadError> =>
    leave(broken).pipe(
      Effect.andThen(resume(broken, received)),
      Effect.mapError((reason) => abandoned(broken, reason)),
      Effect.flatMap((next) => {
        leg = next
        return pull
      }),
    )

  const pull: Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, LoadError> = Effect.matchEffect(
    Effect.suspend(() => leg.pull),
    {
      onSuccess: (chunks) => {
        for (const chunk of chunks) received += chunk.byteLength
        return received <= longest && (declared === null || received <= declared)
          ? Effect.succeed(chunks)
          : Effect.fail(tooMany())
      },
      onFailure: (end) => {
        if (end instanceof SurplusBytes) return Effect.fail(tooMany())
        if (received === declared || (Cause.isDone(end) && declared === null)) return Cause.done()
        return goOn(Cause.isDone(end) ? new Break({ isSilence: false, why: "ended too early" }) : end)
      },
    },
  )

  const bytes = Stream.unwrap(
    Effect.as(
      Effect.addFinalizer(() => leg.close),
      Stream.fromPull(Effect.succeed(pull)),
    ),
  )
  return { bytes, received: () => received }
}
