import * as Effect from "effect/Effect"
import type { Client } from "pg"
import { unavailable } from "../postgres/DatabaseFailure.ts"

/** Named in failures of the connection that holds a replica's lock. */
export const operation = "hold the replica's lock"

export const query = (client: Client, statement: string) =>
  Effect.tryPromise({
    try: () => client.query<Record<string, unknown>>(statement),
    catch: (cause) => unavailable(operation, cause),
  })
