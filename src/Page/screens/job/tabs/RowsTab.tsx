import type { Job } from "../../../client/jobs.ts"
import { addressOf } from "../../../client/tables.ts"
import { isFinal } from "../../../format/isFinal.ts"
import type { Place } from "../../../navigation/place.ts"
import { RowsView } from "../../../rows/RowsView.tsx"

/** The first rows of the job's table, as it is now. */
export const RowsTab = ({ job, place }: { readonly job: Job; readonly place: Place }) =>
  job.state === "completed" ? (
    <RowsView table={addressOf(job)} place={place} columns={job.columns ?? []} />
  ) : (
    <div className="empty">
      {isFinal(job.state)
        ? "This job loaded no rows."
        : "The rows appear here when the job has completed: they become visible all at once."}
    </div>
  )
