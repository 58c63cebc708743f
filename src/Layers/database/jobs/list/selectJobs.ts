import * as DateTime from "effect/DateTime"
import type { JobFilter } from "../../../../Domain/job/list/JobFilter.ts"
import type { JobPlace } from "../../../../Domain/job/list/JobList.ts"
import { isFinal } from "../../../../Domain/job/JobState.ts"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { defaultTarget } from "../../../../Domain/load/columns/target/RecordedTarget.ts"
import type { Owner } from "../../../../Domain/service/Caller.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { queueName } from "../../queue/queueTable.ts"
import { queueColumns, queuedJob } from "../record/FoundJob.ts"
import { summaryColumns } from "../record/JobRow.ts"
import { host } from "./searchedColumns.ts"
import {
  jobsWith,
  jobsWithOtherHost,
  newestFirst,
  ofOwners,
  type PageOfJobs,
  together,
} from "./orderedJobs.ts"
import { searchInOrder } from "./searchInOrder.ts"
import { selectClaimed } from "./selectClaimed.ts"
import { wordsSearch } from "./wordsSearch.ts"

/** SQL of a time in microseconds from 1970. */
export const microsOf = (time: string): string => `(extract(epoch from ${time}) * 1000000)::float8`

/** The place in the list, as `JobPlace` has it. */
const createdMicros = microsOf("created_at")

/** SQL of the time of a parameter in microseconds. */
export const timeOf = (parameter: string): string =>
  `'epoch'::timestamptz + ${parameter} * interval '1 microsecond'`

/** The query `reached` of a search that has examined all jobs. */
const nothingLeft = "reached as (select null::timestamptz as created_at, null::uuid as id)"

const isOfHost = (wanted: string): string => `(
  ${host} = ${wanted}
  or exists (select from sluice.job_other_host as other where other.job_id = job.id and other.host = ${wanted})
)`

const stateInQueue = `(
  select queued.state::text from boss.job as queued where queued.name = ${quoteLiteral(queueName)} and queued.id = job.id
)`

/** The filters whose jobs are in the order of an index, or are few. The others are tests of these jobs. */
type Filter = "sourceId" | "table" | "state" | "host"

/**
 * The filter that usually has the fewest jobs. Each job of the others would be examined.
 */
const narrowest = ({ host: ofHost, sourceId, state, table }: JobFilter): Filter | null => {
  if (state === "active" || state === "retry") return "state"
  if (sourceId !== undefined) return "sourceId"
  if (state !== undefined && !isFinal(state)) return "state"
  if (table !== undefined) return "table"
  if (state !== undefined && state !== "completed") return "state"
  if (ofHost !== undefined) return "host"
  return state === undefined ? null : "state"
}

/**
 * The jobs that match, newest first: of one owner, or of all, after a place; one more than `limit` if there are more. Each has
 * its place as `micros`, and each row as `reached_micros` and `reached_id` the place down to which jobs have been examined if others may
 * match. If no job was found, one row has only that.
 *
 * The newest jobs of each owner are read from an index that begins with the owner and ends with the time, so a page costs the same
 * wherever it begins and however many jobs there are.
 */
export const selectJobs = (
  owner: Owner | null,
  filter: JobFilter,
  after: JobPlace | null,
  limit: number,
): Statement => {
  const { createdAfter, createdBefore, host: ofHost, sourceId, state, table, target, text } = filter
  const parameters: Array<unknown> = []
  const given = (value: unknown, type: string): string => `$${parameters.push(value)}::${type}`
  const ofTime = (time: DateTime.Utc): string => given(DateTime.formatIso(time), "timestamptz")
  const from = createdAfter === undefined ? null : ofTime(createdAfter)
  // Of two upper bounds, Postgres begins at one and reads down to the other.
  const isAfterFirst =
    after !== null && (createdBefore === undefined || after[0] < DateTime.toEpochMillis(createdBefore) * 1000)
  const before = createdBefore === undefined || isAfterFirst ? null : ofTime(createdBefore)
  const place =
    after === null || !isAfterFirst
      ? null
      : `(${timeOf(given(after[0], "float8"))}, ${given(after[1], "uuid")})`
  const page: PageOfJobs = {
    // A source has one owner.
    owner: owner !== null ? given(owner, "text") : sourceId !== undefined ? "job.owner" : null,
    most: given(limit + 1, "bigint"),
    times: (createdAt, id) => [
      ...(from === null ? [] : [`${createdAt} >= ${from}`]),
      ...(before === null ? [] : [`${createdAt} < ${before}`]),
      ...(place === null ? [] : [`(${createdAt}, ${id}) < ${place}`]),
    ],
  }
  const words = text === undefined ? null : wordsSearch(text, given)
  const wantedHost = ofHost === undefined ? null : given(ofHost.toLowerCase(), "text")
  const isInState =
    state === undefined
      ? null
      : isFinal(state)
        ? `final_state = ${given(state, "text")}`
        : "final_state is null"
  const isInQueueState =
    state === undefined || isFinal(state) ? null : `${stateInQueue} = ${given(state, "text")}`

  const conditions: Readonly<Record<Filter | "target", string | null>> = {
    sourceId: sourceId === undefined ? null : `source_id = ${given(sourceId, "uuid")}`,
    table: table === undefined ? null : `table_name = ${given(table, "text")}`,
    state: isInState,
    host: wantedHost === null ? null : isOfHost(wantedHost),
    target: target === undefined ? null : `coalesce(target, '${defaultTarget}') = ${given(target, "text")}`,
  }
  const first = narrowest(filter)
  const tests = Object.entries(conditions).flatMap(([name, condition]) =>
    condition === null || name === first ? [] : [condition],
  )
  const isInSources = first === null ? "true" : (conditions[first] ?? "true")
  const sources =
    first === "host" && wantedHost !== null
      ? [jobsWith(`${host} = ${wantedHost}`), jobsWithOtherHost(wantedHost)]
      : [jobsWith(isInSources)]

  const choose = (): string => {
    // Few jobs, in no order.
    if (isInQueueState !== null && state !== "created")
      return `${selectClaimed({ tests, isInQueueState, isStarted: state === "active", words, page })}, ${nothingLeft}`
    const allTests = isInQueueState === null ? tests : [...tests, isInQueueState]
    if (allTests.length > 0 || words !== null)
      return searchInOrder(sources, isInSources, allTests, words, page)
    const newest = sources.map((source) =>
      ofOwners(page, (one) => `${source.jobs(one, page)} limit ${page.most}`),
    )
    return `chosen as (select id from (${together(newest)}) as job ${newestFirst} limit ${page.most}), ${nothingLeft}`
  }

  return {
    text: `
      with ${choose()}
      select ${microsOf("reached.created_at")} as reached_micros, reached.id as reached_id, found.*
      from reached left join lateral (
        select ${summaryColumns}, ${queueColumns}, ${createdMicros} as micros
        from (select job.* from chosen join sluice.job using (id) ${newestFirst} limit ${page.most}) as job ${queuedJob}
        ${newestFirst}
      ) as found on true
      order by found.created_at desc, found.id desc`,
    parameters,
  }
}
