import * as Effect from "effect/Effect"
import * as Database from "./Database.ts"
import * as FileServer from "./FileServer.ts"
import * as Service from "./Service.ts"
import type { JobsClient } from "./JobsClient.ts"

/** Processes that run for the whole bench; each case starts its own workers. */
export interface World {
  readonly database: Database.Database
  readonly files: FileServer.FileServer
  readonly jobs: JobsClient
  readonly apiPid: number
}

/** Starts all of them. When the scope closes, they stop and their data is removed. */
export const start = Effect.gen(function* () {
  const database = yield* Database.start
  const files = yield* FileServer.start
  const api = yield* Service.startApi(database)
  return { database, files, jobs: api.jobs, apiPid: api.pid } satisfies World
})
