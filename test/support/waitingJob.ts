import * as DateTime from "effect/DateTime"
import { type Job, JobId } from "../../src/Domain/job/Job.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import type { Waiting } from "../../src/Domain/job/Waiting.ts"
import { openOwner } from "../../src/Domain/service/Caller.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { fileUrl } from "./jobFixtures.ts"
import { toJob } from "./JobRecord.ts"

/** A new job that waits for this. */
export const waitingJob = (waiting: Pick<Waiting, "reason"> & Partial<Waiting>): Job => ({
  ...toJob(
    {
      jobId: JobId.make("00000000-0000-4000-8000-000000000000"),
      owner: openOwner,
      fileUrl,
      table: TableName.make("tripsdata_1"),
      createdAt: DateTime.makeUnsafe(0),
      startedAt: null,
      finishedAt: null,
      retryCount: null,
      released: 0,
      attemptStartedAt: null,
      counters: noCounters,
      reportedAt: null,
      columns: null,
      compression: null,
      options: {},
      idempotencyKey: null,
      holdsName: true,
      findings: null,
      rejects: [],
      skipped: [],
      error: null,
    },
    "created",
  ),
  waiting: { position: null, estimatedStartAt: null, heldUntil: null, ...waiting },
})
