import * as Effect from "effect/Effect"
import * as Database from "./Database.ts"
import * as FileServer from "./FileServer.ts"
import * as Service from "./Service.ts"
import type { JobsClient } from "./JobsClient.ts"

/** What runs for the whole bench; workers come and go with the cases. */
export interface World {
  readonly database: Database.Database
  readonly files: FileServer.FileServer
  readonly jobs: JobsClient
  readonly apiPid: number
}

/** Starts it all; it stops, and what it left is removed, when the scope closes. */
export const start = Effect.gen(function* () {
  const database = yield* Database.start
  const files = yield* FileServer.start
  const api = yield* Service.startApi(database)
  return { database, files, jobs: api.jobs, apiPid: api.pid } satisfies World
})
