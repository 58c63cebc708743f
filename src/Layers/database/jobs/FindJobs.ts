import * as Array from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Request from "effect/Request"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as RequestResolver from "effect/RequestResolver"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { JobId } from "../../../Domain/job/Job.ts"
import { JobNotFound } from "../../../Domain/job/Jobs.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import type { HostLimitValues } from "../../process/SourceHosts.ts"
import { orUnavailable } from "../postgres/Database.ts"
import { run, type Statement } from "../postgres/Statement.ts"
import { accessTo, isReachable, type JobAccess } from "./JobAccess.ts"
import { FoundJob, historyColumns, queueColumns, queuedJob } from "./record/FoundJob.ts"
import { waitingColumns, waitingJoin, waitingQueries } from "./record/WaitingRow.ts"
import { jobColumns } from "./record/JobRow.ts"
import { isSamePlace } from "../postgres/tablePlace.ts"
import { callbackJson } from "./WebhookStatements.ts"

/** Only this service writes these rows, so a row that does not decode is a bug. */
const decode = Schema.decodeUnknownSync(FoundJob)

class FindJob extends Request.Class<
  { readonly access: JobAccess },
  Option.Option<FoundJob>,
  SqlError | ServiceUnavailable
> {}

const onItsTable = `from sluice.job as other where ${isSamePlace("other", "job")} and other.final_state is null`
const beforeIt = `(
  select other.id ${onItsTable} and other.waits and (other.created_at, other.id) < (job.created_at, job.id)
  order by other.created_at desc, other.id desc limit 1
)`
const admitted = `(select other.id ${onItsTable} and not other.waits)`

/** A lookup by the primary key for each access, so that the plan does not depend on how many jobs there are. */
const findAll = (accesses: ReadonlyArray<JobAccess>, hosts: HostLimitValues): Statement => ({
  text: `
    with recursive ${waitingQueries({ usual: "$2", ofHosts: "$3" })}
    select wanted.n::integer, found.*
    from rows from (jsonb_to_recordset($1::text::jsonb) as ("jobId" uuid, owner text)) with ordinality
        as wanted("jobId", owner, n)
      cross join lateral (
        select ${jobColumns}, ${queueColumns}, ${historyColumns}, ${waitingColumns}, case when waits and final_state is null then coalesce(${beforeIt}, ${admitted}) end as waits_for,
          (select ${callbackJson} from sluice.webhook where job_id = job.id) as callback
        from sluice.job ${queuedJob} ${waitingJoin}
        where ${isReachable('wanted."jobId"', "wanted.owner")}
        limit 1
      ) as found`,
  parameters: [JSON.stringify(accesses), hosts.usual, hosts.ofHosts],
})

/** Statements that run at a time. With more than one, the others go on if a connection hangs. */
const maxStatements = 2
/** After it, the connection is closed, and no caller waits any more. */
const statementTimeout = Duration.seconds(10)

/**
 * Finds jobs, outside of transactions. While statements run, further requests wait, and then share the next one, so that
 * many pollers cost few statements.
 */
export const make = (sql: SqlClient.SqlClient, hosts: HostLimitValues) => {
  const statements = Semaphore.makeUnsafe(maxStatements)
  const resolver = RequestResolver.make<FindJob>(
    Effect.fnUntraced(
      function* (entries) {
        const groups = Record.values(
          // An owner may have the name "null".
          Array.groupBy(entries, ({ request: { access } }) => JSON.stringify([access.jobId, access.owner])),
        ).filter(Predicate.isNotUndefined)
        const rows = yield* run(
          sql,
          findAll(
            groups.map(([{ request }]) => request.access),
            hosts,
          ),
        )
        const found = new Map(rows.map((row) => [row["n"], row]))
        for (const [n, same] of groups.entries()) {
          const job = yield* Effect.exit(
            Effect.sync(() => Option.map(Option.fromUndefinedOr(found.get(n + 1)), (row) => decode(row))),
          )
          for (const entry of same) entry.completeUnsafe(job)
        }
      },
      withTimeout(statementTimeout, "find a job"),
      statements.withPermits(1),
    ),
  ).pipe(RequestResolver.setDelayEffect(statements.withPermits(1)(Effect.void)))
  return (access: JobAccess) => Effect.request(new FindJob({ access }), resolver)
}

/** The job with how the caller may reach it. Fails if the caller may not. */
export const existing = (find: ReturnType<typeof make>) =>
  Effect.fnUntraced(function* (jobId: JobId) {
    const access = yield* accessTo(jobId)
    const found = yield* find(access).pipe(orUnavailable("find a job"))
    return Option.isSome(found) ? { access, job: found.value } : yield* new JobNotFound({ jobId })
  })
