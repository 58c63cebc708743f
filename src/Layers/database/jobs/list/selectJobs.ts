import * as DateTime from "effect/DateTime"
import type { JobFilter } from "../../../../Domain/job/list/JobFilter.ts"
import type { JobPlace } from "../../../../Domain/job/list/JobList.ts"
import { isFinal } from "../../../../Domain/job/JobState.ts"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import type { Owner } from "../../../../Domain/service/Caller.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { queueName } from "../../queue/queueTable.ts"
import { queueColumns, queuedJob } from "../record/FoundJob.ts"
import { summaryColumns } from "../record/JobRow.ts"
import { host, words } from "./searchedColumns.ts"

/** SQL of all owners, found one by one in the index, so the cost depends on their number and not on that of their jobs. */
export const allOwners = `
  with recursive found (owner) as (
    (select owner from sluice.job order by owner limit 1)
    union all
    select (select job.owner from sluice.job where job.owner > found.owner order by job.owner limit 1)
    from found where owner is not null
  )
  select owner from found where owner is not null`

/** SQL of a time in microseconds from 1970. */
export const microsOf = (time: string): string => `(extract(epoch from ${time}) * 1000000)::float8`

/** The place in the list, as `JobPlace` has it. */
const createdMicros = microsOf("created_at")

/** SQL of the time of a parameter in microseconds. */
export const timeOf = (parameter: string): string =>
  `'epoch'::timestamptz + ${parameter} * interval '1 microsecond'`

/** The jobs that a worker has, or has had: few, among which those in the states active and retry are. */
const claimed = "sluice.claim join sluice.job on job.id = claim.job_id"

const stateInQueue = `(
  select queued.state::text from boss.job as queued where queued.name = ${quoteLiteral(queueName)} and queued.id = job.id
)`

/** The beginnings of shorter words are those of very many words, all of which Postgres would look up. */
const shortestBeginning = 3

/** The words of a search as a query for `words`: each may be the beginning of a longer word, unless it is very short. */
const wordsQuery = (text: string): string =>
  text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => ([...word].length < shortestBeginning ? word : `${word}:*`))
    .join(" & ")

/**
 * The jobs that match, newest first: of one owner, or of all, after a place; one more than `limit` if there are more. Each has
 * its place as `micros`.
 *
 * The newest jobs of each owner are read from an index that begins with the owner and ends with the time, so a page costs the same
 * wherever it begins and however many jobs there are. Running jobs and those in `retry` are found by their claims, because there
 * are few and the record does not have their state.
 */
export const selectJobs = (
  owner: Owner | null,
  { createdAfter, createdBefore, host: ofHost, sourceId, state, table, text }: JobFilter,
  after: JobPlace | null,
  limit: number,
): Statement => {
  const parameters: Array<unknown> = []
  const given = (value: unknown, type: string): string => `$${parameters.push(value)}::${type}`
  const conditions: Array<string> = []
  if (table !== undefined) conditions.push(`table_name = ${given(table, "text")}`)
  const wanted = ofHost === undefined ? null : given(ofHost.toLowerCase(), "text")
  if (sourceId !== undefined) conditions.push(`source_id = ${given(sourceId, "uuid")}`)
  if (createdAfter !== undefined)
    conditions.push(`created_at >= ${given(DateTime.formatIso(createdAfter), "timestamptz")}`)
  if (createdBefore !== undefined)
    conditions.push(`created_at < ${given(DateTime.formatIso(createdBefore), "timestamptz")}`)
  if (text !== undefined)
    conditions.push(`${words} @@ to_tsquery('simple', ${given(wordsQuery(text), "text")})`)
  if (after !== null)
    conditions.push(`(created_at, id) < (${timeOf(given(after[0], "float8"))}, ${given(after[1], "uuid")})`)
  if (state !== undefined)
    conditions.push(
      isFinal(state)
        ? `final_state = ${given(state, "text")}`
        : `final_state is null and ${stateInQueue} = ${given(state, "text")}`,
    )
  const order = `order by created_at desc, id desc limit ${given(limit + 1, "bigint")}`
  const from = state === "active" || state === "retry" ? claimed : "sluice.job"
  const newestWith = (...others: ReadonlyArray<string>): string =>
    `select job.* from ${from} where ${[...others, ...conditions].join(" and ")} ${order}`
  // A job is in one of the two parts, each of which has its index.
  const newestOf = (ofOwner: string): string =>
    wanted === null
      ? newestWith(ofOwner)
      : `select * from (
          (${newestWith(ofOwner, `${host} = ${wanted}`)}) union all (${newestWith(ofOwner, `other_hosts @> array[${wanted}]`)})
        ) as job ${order}`
  const newest =
    owner === null
      ? `select job.* from (${allOwners}) as owners cross join lateral (${newestOf("job.owner = owners.owner")}) as job ${order}`
      : newestOf(`job.owner = ${given(owner, "text")}`)
  return {
    text: `
      select ${summaryColumns}, ${queueColumns}, ${createdMicros} as micros
      from (${newest}) as job ${queuedJob}
      order by created_at desc, id desc`,
    parameters,
  }
}
