import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { CommandFailed } from "../CommandFailed.ts"
import { systemCode, systemFailure } from "../systemFailure.ts"

/** A response that ended before its file did. */
export const brokenOff = () =>
  new CommandFailed({ message: "the connection broke before the end", exit: "unavailable" })

/**
 * Writes all that a command writes to standard output, and waits until it is there. A reader that has enough, such as `head`, ends it
 * without a failure.
 */
const writeOut = Effect.fnUntraced(function* (bytes: Stream.Stream<string | Uint8Array, CommandFailed>) {
  const { stdout } = yield* Stdio.Stdio
  yield* Stream.run(bytes, stdout({ endOnDone: true })).pipe(
    Effect.catchTag("PlatformError", (error) =>
      systemCode(error) === "EPIPE"
        ? Effect.void
        : Effect.fail(systemFailure("write", "standard output")(error)),
    ),
  )
})

/** Writes data to standard output, as fast as it is read. */
export const writeBytes = <E>(bytes: Stream.Stream<string | Uint8Array, E>) =>
  writeOut(Stream.mapError(bytes, brokenOff))

/** Writes lines to standard output. */
export const writeLines = (lines: ReadonlyArray<string>) =>
  writeOut(Stream.make(lines.map((line) => `${line}\n`).join("")))
