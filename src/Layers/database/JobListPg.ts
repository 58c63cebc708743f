import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { JobId } from "../../Domain/job/Job.ts"
import { TargetUnknown } from "../../Domain/load/columns/target/Targets.ts"
import { JobList, SourceUnknown } from "../../Domain/job/list/JobList.ts"
import { Owner, reachableOwner } from "../../Domain/service/Caller.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { selectTargets, sourceIsKnown } from "./jobs/list/knownNames.ts"
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

const decodeTargets = Schema.decodeUnknownSync(
  Schema.Tuple([Schema.Struct({ targets: Schema.Array(Schema.String), isKnown: Schema.Boolean })]),
)
const decodeKnown = Schema.decodeUnknownSync(Schema.Tuple([Schema.Struct({ isKnown: Schema.Boolean })]))

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
      requireKnown: Effect.fn("JobList.requireKnown")(function* ({ sourceId, target }) {
        if (target !== undefined) {
          const [{ isKnown, targets }] = decodeTargets(yield* run(sql, selectTargets(target)))
          if (!isKnown) return yield* new TargetUnknown({ target, known: targets })
        }
        if (sourceId !== undefined) {
          const [{ isKnown }] = decodeKnown(yield* run(sql, sourceIsKnown(yield* reachableOwner, sourceId)))
          if (!isKnown) return yield* new SourceUnknown({ sourceId })
        }
      }, orUnavailable("look for what a filter names")),
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
