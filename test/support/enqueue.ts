import * as Effect from "effect/Effect"
import type { JobId } from "../../src/Domain/job/Job.ts"
import type { QueuedLoad } from "../../src/Domain/job/JobQueue.ts"
import { PgBossClient } from "../../src/Layers/database/queue/PgBossClient.ts"
import { queueName } from "../../src/Layers/database/queue/queueTable.ts"

/** Puts a job without a record into the queue, with pg-boss's own `send`. */
export const enqueue = (jobId: JobId) =>
  PgBossClient.use((boss) => {
    const message: QueuedLoad = { _tag: "QueuedLoad", version: 2, jobId, traceparent: null }
    return Effect.promise(() => boss.send(queueName, message, { id: jobId }))
  })
