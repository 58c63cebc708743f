import * as Effect from "effect/Effect"
import { messageAttributes, messagingSpan } from "../../../Domain/telemetry/messaging.ts"
import { currentTraceparent } from "../../../Domain/telemetry/traceparent.ts"
import { insertJob } from "./insertJob.ts"
import type * as JobStatements from "./JobStatements.ts"
import type { NewJob } from "./storedRequest.ts"

/** Inserts a job. Its attempts continue the trace of this span. */
export const sendJob = (statements: ReturnType<typeof JobStatements.make>, job: Omit<NewJob, "message">) =>
  currentTraceparent.pipe(
    Effect.flatMap((traceparent) =>
      insertJob(statements, {
        ...job,
        message: {
          _tag: "QueuedLoad",
          // Workers of earlier versions can load all other jobs.
          version: job.otherUrls !== null ? 4 : job.sourceId === null && job.webhook === null ? 2 : 3,
          jobId: job.id,
          traceparent,
        },
      }),
    ),
    Effect.withSpan(messagingSpan("send"), {
      kind: "producer",
      attributes: {
        ...messageAttributes("send", job.id),
        ...(job.sourceId === null ? {} : { "sluice.source.id": job.sourceId }),
      },
    }),
  )
