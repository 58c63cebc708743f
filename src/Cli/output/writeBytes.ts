import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { CommandFailed } from "../CommandFailed.ts"

/** A response that ended before its file did. */
export const brokenOff = () =>
  new CommandFailed({ message: "the connection broke before the end", exit: "unavailable" })

/** Writes data to standard output, as fast as it is read. A reader that has enough, such as `head`, ends it without a failure. */
export const writeBytes = Effect.fnUntraced(function* <E>(bytes: Stream.Stream<string | Uint8Array, E>) {
  const { stdout } = yield* Stdio.Stdio
  yield* Stream.run(Stream.mapError(bytes, brokenOff), stdout({ endOnDone: false })).pipe(
    Effect.catchTag("PlatformError", (error) =>
      String(error.reason.cause).includes("EPIPE")
        ? Effect.void
        : Effect.fail(
            new CommandFailed({ message: `standard output: ${error.message}`, exit: "unavailable" }),
          ),
    ),
  )
})
