import type { RecentSelection } from "../../../../Domain/job/list/JobList.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { queueColumns, queuedJob } from "../record/FoundJob.ts"
import { summaryColumns } from "../record/JobRow.ts"
import { allOwners, microsOf, timeOf } from "./selectJobs.ts"

/** A job can be created or end at a time before the commit that shows it, but hardly by more than this. */
const overlap = "interval '30 seconds'"

/**
 * The jobs that may have changed, newest first, at most `limit`. Each row has the time of the statement as `read_at`. If there is no job,
 * one row has only that.
 */
export const selectRecent = (
  { isStarted, jobIds, owner, since }: RecentSelection,
  limit: number,
): Statement => {
  const start = `${timeOf("$4::float8")} - ${overlap}`
  const recent =
    since === null
      ? ""
      : `
        union
        select id from sluice.job where final_state is not null and finished_at >= ${start}
        union
        select job.id from (${allOwners}) as owners cross join lateral (
          select id from sluice.job where job.owner = owners.owner and created_at >= ${start}
        ) as job`
  return {
    text: `
      select ${microsOf("now()")} as read_at, found.*
      from (select) as nothing left join lateral (
        select ${summaryColumns}, ${queueColumns}, owner
        from (
          select value::uuid as wanted from jsonb_array_elements_text($1::text::jsonb)
          union
          select job_id from sluice.claim where $2::boolean${recent}
        ) as chosen join sluice.job on id = wanted ${queuedJob}
        where owner = coalesce($3::text, owner)
        order by created_at desc limit ${limit}
      ) as found on true`,
    parameters: [JSON.stringify([...jobIds]), isStarted, owner, ...(since === null ? [] : [since])],
  }
}
