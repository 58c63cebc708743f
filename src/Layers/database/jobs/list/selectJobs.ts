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
import { host } from "./searchedColumns.ts"
import { selectByWords, wordsSearch } from "./selectByWords.ts"
import { type OwnedJobs, selectRecentFirst } from "./selectRecentFirst.ts"

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

const newestFirst = "order by created_at desc, id desc"

const stateInQueue = `(
  select queued.state::text from boss.job as queued where queued.name = ${quoteLiteral(queueName)} and queued.id = job.id
)`

/** The jobs of an owner, or of all. */
const jobsOf = (owner: string | null): OwnedJobs => {
  const isOwned = owner === null ? "true" : `job.owner = ${owner}`
  return {
    isOwned,
    isOfOne: owner !== null,
    each: (select) =>
      owner === null
        ? `select job.* from (${allOwners}) as owners cross join lateral (${select("job.owner = owners.owner")}) as job`
        : select(isOwned),
  }
}

/**
 * The jobs that match, newest first: of one owner, or of all, after a place; one more than `limit` if there are more. Each has
 * its place as `micros`.
 *
 * The newest jobs of each owner are read from an index that begins with the owner and ends with the time, so a page costs the same
 * wherever it begins and however many jobs there are. Where few jobs can match, they are found without their owners.
 */
export const selectJobs = (
  owner: Owner | null,
  { createdAfter, createdBefore, host: ofHost, sourceId, state, table, text }: JobFilter,
  after: JobPlace | null,
  limit: number,
): Statement => {
  const parameters: Array<unknown> = []
  const given = (value: unknown, type: string): string => `$${parameters.push(value)}::${type}`
  const times: Array<string> = []
  if (createdAfter !== undefined)
    times.push(`created_at >= ${given(DateTime.formatIso(createdAfter), "timestamptz")}`)
  if (createdBefore !== undefined)
    times.push(`created_at < ${given(DateTime.formatIso(createdBefore), "timestamptz")}`)
  if (after !== null)
    times.push(`(created_at, id) < (${timeOf(given(after[0], "float8"))}, ${given(after[1], "uuid")})`)
  const filters: Array<string> = []
  if (table !== undefined) filters.push(`table_name = ${given(table, "text")}`)
  if (sourceId !== undefined) filters.push(`source_id = ${given(sourceId, "uuid")}`)
  if (state !== undefined && isFinal(state)) filters.push(`final_state = ${given(state, "text")}`)
  const jobs = jobsOf(owner === null ? null : given(owner, "text"))
  const most = given(limit + 1, "bigint")
  const search = text === undefined ? null : wordsSearch(text, given)
  if (search !== null) filters.push(search.matches)
  const where = (...some: ReadonlyArray<string>): string => [...some, ...filters, ...times].join(" and ")
  const page = { times, most, newestFirst }
  const wanted = ofHost === undefined ? null : given(ofHost.toLowerCase(), "text")
  const isOfFirst = `${host} = ${wanted}`
  const isOfOthers = `other_hosts @> array[${wanted}]`
  const isOfHost = wanted === null ? [] : [`(${isOfFirst} or ${isOfOthers})`]

  /** The first ones of those that the queue has in the state. Their order is known before their states, which are looked up until there are enough. */
  const inQueue = (from: string, ...some: ReadonlyArray<string>): string => `
    select job.* from (
      select id from (
        select job.id, job.created_at from ${from} where ${where(jobs.isOwned, "final_state is null", ...isOfHost, ...some)} ${newestFirst} offset 0
      ) as job where ${stateInQueue} = ${given(state, "text")} limit ${most}
    ) as chosen join sluice.job using (id)`
  const newestWith = (...some: ReadonlyArray<string>): string =>
    `select job.* from sluice.job where ${where(...some)} ${newestFirst} limit ${most}`
  const newest = (): string => {
    const claimed = "sluice.claim join sluice.job on job.id = claim.job_id"
    if (state === "created") return inQueue("sluice.job")
    if (state === "active") return inQueue(claimed, "replica is not null")
    if (state === "retry") return inQueue(claimed)
    // A source has one owner.
    if (sourceId !== undefined) return newestWith(jobs.isOwned, ...isOfHost)
    if (wanted !== null) {
      const ofFirst = jobs.each((isOwned) => newestWith(isOwned, isOfFirst))
      // Another filter can match fewer jobs than the host. The operator without an index reads the newest jobs in order.
      const ofOthers =
        filters.length === 0
          ? selectRecentFirst(
              {
                likely: `${wanted} = any (other_hosts)`,
                columns: "other_hosts",
                matches: "true",
                indexed: isOfOthers,
                others: [],
              },
              jobs,
              page,
            )
          : jobs.each((isOwned) => newestWith(isOwned, isOfOthers))
      return `(${ofFirst}) union all (${ofOthers})`
    }
    // Another filter than the words can match fewer jobs than they do.
    return search !== null && filters.length === 1
      ? selectByWords(search, jobs, page)
      : jobs.each((isOwned) => newestWith(isOwned))
  }

  const chosen = newest()
  return {
    text: `
      select ${summaryColumns}, ${queueColumns}, ${createdMicros} as micros
      from (select * from (${chosen}) as job ${newestFirst} limit ${most}) as job ${queuedJob}
      ${newestFirst}`,
    parameters,
  }
}
