import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Client } from "pg"
import { to } from "pg-copy-streams"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"

/**
 * Runs `COPY … TO STDOUT` and returns its bytes, read from the socket as they are pulled. Returns once the first bytes
 * have arrived, so a statement that the server refuses fails here and not in the stream.
 *
 * @param operation named in failures
 */
export const copyOut = Effect.fnUntraced(function* (client: Client, operation: string, statement: string) {
  const pull = yield* NodeStream.fromReadable<Uint8Array, ServiceUnavailable>({
    evaluate: () => {
      const bytes = client.query(to(statement))
      // pg reports a lost connection even to a stream that is destroyed already, and an unheard error ends the process.
      bytes.on("error", () => {})
      return bytes
    },
    onError: (cause) => unavailable(operation, cause),
  }).pipe(Stream.toPull)
  const first = yield* Effect.catchIf(pull, Cause.isDone, () => Effect.succeed([]))
  return Stream.concat(Stream.fromIterable(first), Stream.fromPull(Effect.succeed(pull)))
})
