import { env } from "node:process"
import * as Effect from "effect/Effect"
import * as Child from "./Child.ts"
import type { Database } from "./Database.ts"
import * as JobsClient from "./JobsClient.ts"

/** Environment of Sluice's processes: the bench's database and file server, which has no limit, otherwise the defaults. */
const environment = (database: Pick<Database, "url">): Readonly<Record<string, string>> => ({
  DATABASE_URL: database.url,
  ALLOWED_HOSTS: "127.0.0.0/8",
  SOURCE_HOST_CONCURRENCY: "unlimited",
  // Many processes start much faster if they share what they have compiled.
  ...(env["NODE_COMPILE_CACHE"] === undefined ? {} : { NODE_COMPILE_CACHE: env["NODE_COMPILE_CACHE"] }),
})

/** A checkout of Sluice other than this one, to compare with. */
export interface Checkout {
  readonly folder?: string
}

/** Starts the API on a free port. */
export const startApi = Effect.fnUntraced(function* (
  database: Pick<Database, "url">,
  checkout: Checkout = {},
) {
  const { pid, ready } = yield* Child.start(
    {
      ...checkout,
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
  /** `RUNNING_JOBS_PER_CALLER` */
  readonly runningJobs?: number
  /** `WORKER_NICE` */
  readonly nice?: number
}

/** Starts a worker and waits until it claims jobs; returns its pid. */
export const startWorker = Effect.fnUntraced(function* (
  database: Pick<Database, "url">,
  settings: WorkerSettings,
  checkout: Checkout = {},
) {
  const { pid } = yield* Child.start(
    {
      ...checkout,
      program: process.execPath,
      // The flags of `npm run start:worker`.
      arguments: ["--max-semi-space-size=1", "--heap-growing-percent=100", "src/Worker/main.ts"],
      environment: {
        ...environment(database),
        ...(settings.slots === undefined ? {} : { WORKER_CONCURRENCY: String(settings.slots) }),
        ...(settings.streams === undefined ? {} : { COPY_STREAMS: String(settings.streams) }),
        ...(settings.runningJobs === undefined
          ? {}
          : { RUNNING_JOBS_PER_CALLER: String(settings.runningJobs) }),
        ...(settings.nice === undefined ? {} : { WORKER_NICE: String(settings.nice) }),
      },
    },
    /claiming jobs/,
  )
  return pid
})
