import * as Effect from "effect/Effect"
import * as Child from "./Child.ts"
import type { Database } from "./Database.ts"
import * as JobsClient from "./JobsClient.ts"

/** The environment of Sluice's processes: the bench's database and file server, else the defaults. */
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
  /** Jobs at a time (`WORKER_CONCURRENCY`); the service's default when left out. */
  readonly slots?: number
  /** Connections for one file (`COPY_STREAMS`); the service's own choice when left out. */
  readonly streams?: number
}

/** Starts a worker and waits until it claims jobs; answers its pid. */
export const startWorker = Effect.fnUntraced(function* (database: Database, settings: WorkerSettings) {
  const { pid } = yield* Child.start(
    {
      program: process.execPath,
      // As `npm run start:worker` starts it.
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
