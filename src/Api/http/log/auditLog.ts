import * as Effect from "effect/Effect"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"

/** What is known of a request at its end. */
interface Change {
  /** What the request would change, as its endpoint declares: `submit`, `cancel`, `source_pause`. */
  readonly action: string
  /** Name of the caller. */
  readonly caller: string
  /** The caller's address. */
  readonly client: string
  readonly jobId?: JobId | undefined
  readonly sourceId?: SourceId | undefined
  /** With secrets masked. */
  readonly fileUrl?: string | undefined
}

const resultOf = (status: number): string => {
  if (status < 400) return "done"
  // The client is gone. The change may have been made before.
  if (status === 499) return "interrupted"
  return status < 500 ? "refused" : "failed"
}

/** Logs who changed what, or tried to: one line for each such request. docs/operations.md lists its fields. */
export const auditLog = ({ action, caller, client, fileUrl, jobId, sourceId }: Change, status: number) =>
  Effect.logInfo("audit").pipe(
    Effect.annotateLogs({
      action,
      result: resultOf(status),
      status,
      caller,
      client,
      ...(jobId === undefined ? {} : { job_id: jobId }),
      ...(sourceId === undefined ? {} : { source_id: sourceId }),
      ...(fileUrl === undefined ? {} : { file_url: fileUrl }),
    }),
  )
