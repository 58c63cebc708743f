import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { BenchFailure } from "../BenchFailure.ts"
import type { Database } from "../world/Database.ts"

/** The search path, in which installed tools are found. */
export const searchPath = Config.String("PATH").pipe(
  Effect.mapError(({ message }) => new BenchFailure({ message: `PATH is needed: ${message}` })),
)

/** How a libpq tool is told where to connect: a URL without the password, which would show in the process list. */
export const forTool = Effect.fnUntraced(function* (database: Database) {
  const url = new URL(database.url)
  const password = decodeURIComponent(url.password)
  url.password = ""
  return {
    url: url.href.replace(/^postgres:/, "postgresql:"),
    environment: { PATH: yield* searchPath, PGPASSWORD: password },
  }
})
