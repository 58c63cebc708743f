import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { JobId } from "../../Domain/job/Job.ts"
import { JobList } from "../../Domain/job/list/JobList.ts"
import { Owner, reachableOwner } from "../../Domain/service/Caller.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { selectJobs } from "./jobs/list/selectJobs.ts"
import { selectRecent } from "./jobs/list/selectRecent.ts"
import { besideRecord, FoundSummary } from "./jobs/record/FoundJob.ts"
import { toSummary } from "./jobs/record/JobRow.ts"
import { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { failureCode, queryCanceled } from "./postgres/DatabaseFailure.ts"
import { ListPool } from "./postgres/ListPool.ts"
import { run } from "./postgres/Statement.ts"

/** Only this service writes these rows, so a row that does not decode is a bug. */
const decode = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ ...FoundSummary.fields, micros: Schema.Int })),
)
const decodeReached = Schema.decodeUnknownSync(
  Schema.Struct({ reached_micros: Schema.NullOr(Schema.Int), reached_id: Schema.NullOr(JobId) }),
)

const decodeTime = Schema.decodeUnknownSync(Schema.Struct({ read_at: Schema.Int }))
const decodeRecent = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ ...FoundSummary.fields, owner: Owner })),
)

/** Explains the end of a statement by the timeout of `ListPool`. */
const explainTimeout = Effect.mapError((error: ServiceUnavailable) =>
  failureCode(error.cause) === queryCanceled
    ? new ServiceUnavailable({
        operation: error.operation,
        message: error.message,
        cause: error.cause,
        detail:
          "Finding these jobs takes longer than 5 seconds. Use fewer or longer words in text, or other filters.",
      })
    : error,
)

/** Jobs besides those whose ids are given. */
const maxRecent = 1000

/** `JobList` on Postgres. */
export const layer = Layer.effect(
  JobList,
  Effect.gen(function* () {
    const sql = yield* ListPool
    const { maxAttempts } = yield* AppConfig
    return JobList.of({
      page: Effect.fn("JobList.page")(
        function* (filter, { after, limit }) {
          const read = yield* run(sql, selectJobs(yield* reachableOwner, filter, after, limit))
          const rows = decode(read.filter((row) => row["id"] !== null))
          const shown = rows.slice(0, limit)
          const last = shown.at(-1)
          const { reached_id: id, reached_micros: micros } = decodeReached(read[0])
          const reached = micros === null || id === null ? null : ([micros, id] as const)
          return {
            jobs: shown.map((row) => toSummary(row, besideRecord(row, maxAttempts))),
            next: rows.length > limit && last !== undefined ? ([last.micros, last.id] as const) : reached,
          }
        },
        orUnavailable("list jobs"),
        explainTimeout,
      ),
      recent: Effect.fnUntraced(function* (selection) {
        const jobIds = [...new Set(selection.jobIds)]
        const most = jobIds.length + maxRecent
        const rows = yield* run(sql, selectRecent({ ...selection, jobIds }, most + 1))
        const found = decodeRecent(rows.filter((row) => row["id"] !== null))
        return {
          time: decodeTime(rows[0]).read_at,
          jobs: found
            .slice(0, most)
            .map((row) => ({ owner: row.owner, job: toSummary(row, besideRecord(row, maxAttempts)) })),
          isCut: found.length > most,
        }
      }, orUnavailable("find changed jobs")),
    })
  }),
)
