import * as DateTime from "effect/DateTime"
import { type Job, JobId } from "../../src/Domain/job/Job.ts"
import type { Waiting } from "../../src/Domain/job/Waiting.ts"
import { openOwner } from "../../src/Domain/service/Caller.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { fileUrl } from "./jobFixtures.ts"
import { neverClaimed, toJob, withoutPlace } from "./JobRecord.ts"

/** A new job that waits for this. */
export const waitingJob = (waiting: Pick<Waiting, "reason"> & Partial<Waiting>): Job => ({
  ...toJob(
    {
      jobId: JobId.make("00000000-0000-4000-8000-000000000000"),
      owner: openOwner,
      fileUrl,
      table: TableName.make("tripsdata_1"),
      createdAt: DateTime.makeUnsafe(0),
      options: {},
      idempotencyKey: null,
      holdsName: true,
      ...neverClaimed,
    },
    "created",
  ),
  waiting: { ...withoutPlace, ...waiting },
})
