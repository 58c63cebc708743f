import * as Effect from "effect/Effect"
import * as Child from "./Child.ts"
import type { Database } from "./Database.ts"
import * as JobsClient from "./JobsClient.ts"

/** Environment of Sluice's processes: the bench's database and file server, otherwise the defaults. */
const environment = (database: Database): Readonly<Record<string, string>> => ({
  DATABASE_URL: database.url,
  ALLOWED_HOSTS: "127.0.0.0/8",
})

/** Starts the API on a free port. */
export const startApi = Effect.fnUntraced(function* (database: Database) {
  const { pid, ready } = yield* Child.start(
    {
      program: process.execPath,
      arguments: ["src/Api/main.ts"],
      environment: { ...environment(database), PORT: "0" },
    },
    /Listening on (http:\/\/[^\s"]+)/,
  )
  return { pid, jobs: JobsClient.make(ready[1]!) }
})

export interface WorkerSettings {
  /** `WORKER_CONCURRENCY` */
  readonly slots?: number
  /** `COPY_STREAMS` */
  readonly streams?: number
}

/** Starts a worker and waits until it claims jobs; returns its pid. */
export const startWorker = Effect.fnUntraced(function* (database: Database, settings: WorkerSettings) {
  const { pid } = yield* Child.start(
    {
      program: process.execPath,
      // The flags of `npm run start:worker`.
      arguments: ["--max-semi-space-size=1", "--heap-growing-percent=100", "src/Worker/main.ts"],
      environment: {
        ...environment(database),
        ...(settings.slots === undefined ? {} : { WORKER_CONCURRENCY: String(settings.slots) }),
        ...(settings.streams === undefined ? {} : { COPY_STREAMS: String(settings.streams) }),
      },
    },
    /claiming jobs/,
  )
  return pid
})
