import { assert } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { IdempotencyKey } from "../../src/Domain/job/IdempotencyKey.ts"
import type { JobId } from "../../src/Domain/job/Job.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import type { SourceId } from "../../src/Domain/job/SourceId.ts"
import { FileUnchanged } from "../../src/Domain/source/FileVersion.ts"
import { claimed, trouble } from "./jobFixtures.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { Sources } from "../../src/Domain/refresh/Sources.ts"
import type { WrittenSchedule } from "../../src/Domain/refresh/WrittenSchedule.ts"
import { Caller, withKey } from "../../src/Domain/service/Caller.ts"
import { ordinaryScopes, type Scope } from "../../src/Domain/service/Scope.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

export const holding = (name: string, scopes: ReadonlySet<Scope> = ordinaryScopes) =>
  Effect.provideService(Caller, withKey({ name, scopes }, "192.0.2.1"))

interface Given {
  readonly fileUrl?: string
  readonly options?: LoadOptions
  readonly schedule?: Partial<WrittenSchedule>
  readonly key?: string
}

let tables = 0

/** Creates a source with a table of its own, to be loaded every hour unless another schedule is given. */
export const createSource = ({
  fileUrl = "http://files.example/a.csv",
  key,
  options,
  schedule,
}: Given = {}) =>
  Effect.flatMap(Sources, (sources) =>
    sources.create({
      fileUrl: SourceUrl.make(fileUrl),
      options: { tableName: TableName.make(`kept_${tables++}`), mode: "replace", ...options },
      schedule: {
        every: schedule?.cron === undefined ? "1h" : null,
        cron: null,
        timezone: "UTC",
        ...schedule,
      },
      ...(key === undefined ? {} : { idempotencyKey: IdempotencyKey.make(key) }),
    }),
  )

/** Changes options and times of a source, with its callbackUrl and its secrets as they are unless they are given. */
export const changeSource = (sourceId: SourceId, { fileUrl, options, schedule }: Omit<Given, "key">) =>
  Effect.flatMap(Sources, (sources) =>
    sources.change(sourceId, (source) =>
      Effect.succeed({
        options: { ...source.options, tableName: TableName.make(source.table), ...options },
        schedule: { every: source.every, cron: source.cron, timezone: source.timezone, ...schedule },
        fileUrl: fileUrl === undefined ? undefined : SourceUrl.make(fileUrl),
        changesCallback: options?.callbackUrl !== undefined,
      }),
    ),
  )

export const sourceOf = (sourceId: SourceId) =>
  Effect.flatMap(Sources, (sources) => sources.find(sourceId)).pipe(Effect.map(Option.getOrThrow))

/** Makes the next run due. */
export const makeDue = Effect.fnUntraced(function* (sourceId: SourceId) {
  const sql = yield* PgClient.PgClient
  yield* sql`update sluice.source set next_run_at = now() - interval '1 second' where id = ${sourceId}`
})

export const runDue = Effect.flatMap(Sources, (sources) => sources.runDue(Duration.minutes(1)))

/** Ends the run as failed, which has no other attempt. */
export const failRun = Effect.fnUntraced(function* (jobId: JobId) {
  const claim = yield* claimed(jobId)
  yield* (yield* Jobs).begin([claim])
  assert.isTrue(yield* (yield* Jobs).fail(claim, trouble, noCounters))
})

export const endUnchanged = Effect.fnUntraced(function* (jobId: JobId, contentHash: string | null) {
  const claim = yield* claimed(jobId)
  const jobs = yield* Jobs
  const [attempt] = yield* jobs.begin([claim])
  const version =
    contentHash === null ? null : { etag: '"1"', lastModified: null, location: null, contentHash }
  assert.isTrue(yield* jobs.endUnchanged(claim, new FileUnchanged({ version }), noCounters))
  assert.isFalse(yield* jobs.endUnchanged(claim, new FileUnchanged({ version }), noCounters))
  return attempt
})
