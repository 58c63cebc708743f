import * as Effect from "effect/Effect"
import { defaultTarget } from "../../../../Domain/load/columns/target/RecordedTarget.ts"
import { messageAttributes, messagingSpan } from "../../../../Domain/telemetry/messaging.ts"
import { currentTraceparent } from "../../../../Domain/telemetry/traceparent.ts"
import { insertJob } from "./insertJob.ts"
import type * as JobStatements from "../JobStatements.ts"
import type { NewJob } from "./storedRequest.ts"

/** Workers of earlier versions can load all jobs that need no later one. */
const versionOf = ({ apart, otherUrls, sourceId, webhook }: Omit<NewJob, "message">) => {
  if (apart !== null) return apart.name === defaultTarget ? 5 : 6
  if (otherUrls !== null) return 4
  return sourceId === null && webhook === null ? 2 : 3
}

/** Inserts a job. Its attempts continue the trace of this span. */
export const sendJob = (statements: ReturnType<typeof JobStatements.make>, job: Omit<NewJob, "message">) =>
  currentTraceparent.pipe(
    Effect.flatMap((traceparent) =>
      insertJob(statements, {
        ...job,
        message: {
          _tag: "QueuedLoad",
          version: versionOf(job),
          jobId: job.id,
          traceparent,
          ...(job.apart === null ? {} : { target: job.apart.name }),
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
