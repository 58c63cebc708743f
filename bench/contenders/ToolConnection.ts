import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { BenchFailure } from "../BenchFailure.ts"
import type { Database } from "../world/Database.ts"

/** `PATH`, to find installed tools. */
export const searchPath = Config.String("PATH").pipe(
  Effect.mapError(({ message }) => new BenchFailure({ message: `PATH is not set: ${message}` })),
)

/** Connection settings for a libpq tool. The password is not in the URL, which the process list shows. */
export const forTool = Effect.fnUntraced(function* (database: Database) {
  const url = new URL(database.url)
  const password = decodeURIComponent(url.password)
  url.password = ""
  return {
    url: url.href.replace(/^postgres:/, "postgresql:"),
    environment: { PATH: yield* searchPath, PGPASSWORD: password },
  }
})
