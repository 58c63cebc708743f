import type { RecentSelection } from "../../../../Domain/job/list/JobList.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { queueColumns, queuedJob } from "../record/FoundJob.ts"
import { summaryColumns } from "../record/JobRow.ts"
import { ofOwners } from "./orderedJobs.ts"
import { microsOf, timeOf } from "./selectJobs.ts"

/** A job can be created or end at a time before the commit that shows it, but hardly by more than this. */
const overlap = "interval '30 seconds'"

/**
 * The jobs that may have changed: those with given ids, and then the newest of the others, at most `limit` in all. Each row has the
 * time of the statement as `read_at`. If there is no job, one row has only that.
 */
export const selectRecent = (
  { isStarted, jobIds, owner, since }: RecentSelection,
  limit: number,
): Statement => {
  const parameters: Array<unknown> = []
  const given = (value: unknown, type: string): string => `$${parameters.push(value)}::${type}`
  const ids = given(JSON.stringify([...jobIds]), "text")
  const most = given(limit, "bigint")
  const only = owner === null ? null : given(owner, "text")
  const isOwned = only === null ? "true" : `job.owner = ${only}`
  const changed = isStarted ? ["select job_id as id from sluice.claim"] : []
  if (since !== null) {
    const start = `${timeOf(given(since, "float8"))} - ${overlap}`
    // Each part is cut only if the whole is, so a read costs the same however much has changed.
    changed.push(
      `(select id from sluice.job where final_state is not null and finished_at >= ${start} and ${isOwned}
        order by finished_at desc limit ${most})`,
      `(${ofOwners(
        { owner: only },
        (one) =>
          `select id from sluice.job where job.owner = ${one} and created_at >= ${start} order by created_at desc limit ${most}`,
      )})`,
    )
  }
  return {
    text: `
      with wanted as (select value::uuid as id from jsonb_array_elements_text(${ids}::jsonb))
      select ${microsOf("now()")} as read_at, found.*
      from (select) as nothing left join lateral (
        select ${summaryColumns}, ${queueColumns}, owner
        from (${["select id from wanted", ...changed].join(" union ")}) as chosen join sluice.job using (id) ${queuedJob}
        where ${isOwned}
        order by id in (select id from wanted) desc, created_at desc limit ${most}
      ) as found on true`,
    parameters,
  }
}
