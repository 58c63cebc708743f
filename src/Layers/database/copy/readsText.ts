import * as Effect from "effect/Effect"
import { LoadConnections } from "../session/LoadConnections.ts"

/** A setting of the server, a database or a role: `binary` is for servers that read text rows slowly. */
const setting = "sluice.copy_format"

/**
 * Whether rows in text format cost the server no more than binary ones. They do at the embedded one, which takes long to find the
 * length of each field.
 */
export const readsText: Effect.Effect<boolean, never, LoadConnections> = LoadConnections.use(({ checkout }) =>
  checkout(),
).pipe(
  Effect.flatMap(({ client }) =>
    Effect.tryPromise(() =>
      client.query<{ format: string | null }>("select current_setting($1, true) as format", [setting]),
    ),
  ),
  Effect.map(({ rows }) => rows[0]?.format !== "binary"),
  Effect.scoped,
  Effect.timeout("2 seconds"),
  Effect.orElseSucceed(() => true),
)
