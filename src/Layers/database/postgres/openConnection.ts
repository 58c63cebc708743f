import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Client } from "pg"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { unavailable } from "./DatabaseFailure.ts"
import type { DatabaseServer } from "./DatabaseServer.ts"

/**
 * Opens a connection outside of any pool and closes it with the scope, within a second; a running statement is
 * abandoned. `lost` fails when the connection breaks.
 *
 * @param operation named in failures
 */
export const openConnection = Effect.fnUntraced(function* (
  server: DatabaseServer["Service"],
  operation: string,
  options: { readonly applicationName: string; readonly settings: Readonly<Record<string, string>> },
) {
  const lost = yield* Deferred.make<never, ServiceUnavailable>()
  const client = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const client = new Client({
          ...server.clientConfig(options),
          keepAlive: true,
        })
        // Without a listener a connection that breaks ends the process.
        client.on("error", (error) => Deferred.doneUnsafe(lost, Effect.fail(unavailable(operation, error))))
        await client.connect()
        return client
      },
      catch: (cause) => unavailable(operation, cause),
    }),
    (client) =>
      Effect.tryPromise(() => client.end()).pipe(
        Effect.timeout("1 second"),
        Effect.catch(() => Effect.sync(() => client.connection.stream.destroy())),
      ),
  )
  return { client, lost: Deferred.await(lost) }
})
