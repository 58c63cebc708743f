import type { Job } from "../../../client/jobs.ts"

/** The columns of the table, with what stands in the header of the file, and why one is text although nearly all its values are not. */
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
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Columns of the table">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">In the file's header</th>
            {hints.size === 0 ? null : <th scope="col">Why text</th>}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ header, name, type }) => (
            <tr key={name}>
              <td className="mono">{name}</td>
              <td className="mono">{type}</td>
              <td className={header === name ? "muted text" : "text"}>
                {header === name ? "the same" : header}
              </td>
              {hints.size === 0 ? null : <td className="text">{hints.get(name) ?? ""}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
