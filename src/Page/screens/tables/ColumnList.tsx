import type { Job } from "../../client/jobs.ts"

export type Columns = NonNullable<Job["columns"]>

/** The columns, as the last load has them. */
export const ColumnList = ({ columns }: { readonly columns: Columns }) =>
  columns.length === 0 ? (
    <div className="empty">
      <p>The record of the last load is gone, so the columns are known from the rows only.</p>
    </div>
  ) : (
    <div className="scroll" tabIndex={0} role="region" aria-label="Columns">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">In the file's header</th>
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
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
