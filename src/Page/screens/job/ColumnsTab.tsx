import type { Job } from "../../client/jobs.ts"
import { ColumnTable } from "../../components/ColumnTable.tsx"

/** The columns of the table, with what stands in the header of the file. */
export const ColumnsTab = ({ job }: { readonly job: Job }) => {
  const { almostTyped, columns } = job
  if (columns === null)
    return (
      <div className="empty">
        {job.state === "failed" || job.state === "cancelled"
          ? "This job made no table, so there are no columns."
          : "The columns appear here when the job has completed."}
      </div>
    )
  const hints = new Map((almostTyped ?? []).map(({ column, message }) => [column, message]))
  return <ColumnTable label="Columns of the table" columns={columns} hints={hints} />
}
