import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import { claimed } from "../support/jobFixtures.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { jobOwnershipSuite } from "../support/JobOwnershipSuite.ts"
import * as TestBackend from "../support/TestBackend.ts"

const place = { line: 1, byteOffset: 0, raw: "x", rawBytes: 1 }
const reject = { ...place, record: 1, column: null, reason: "nul_byte", message: "a NUL" } as const
const skipped = { ...place, kind: "comment" } as const

jobOwnershipSuite("whose jobs are in memory", JobsMemory.layer, (jobId) =>
  Effect.gen(function* () {
    const claim = yield* claimed(jobId)
    yield* (yield* Jobs).begin([claim])
    yield* (yield* JobsMemory.JobsMemory).complete(claim, {
      columns: [],
      counters: noCounters,
      rejects: [reject, { ...reject, record: 2 }],
      skipped: [skipped, { ...skipped, line: 2 }],
    })
  }).pipe(Effect.orDie),
)

jobOwnershipSuite("whose jobs are in Postgres", TestBackend.layer(), (jobId) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql`
      insert into sluice.reject
      select ${jobId}::uuid, n, n, null, 0, 'nul_byte', 'a NUL', 'x', 1 from generate_series(1, 2) n`
    yield* sql`
      insert into sluice.skipped_line
      select ${jobId}::uuid, 'comment', n, 0, 'x', 1 from generate_series(1, 2) n`
  }).pipe(Effect.orDie),
)
