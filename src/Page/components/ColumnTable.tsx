import type { Job } from "../client/jobs.ts"

export type Columns = NonNullable<Job["columns"]>

/** The columns of a table, with what stands in the header of the file. */
export const ColumnTable = (props: {
  readonly label: string
  readonly columns: Columns
  /** Why columns are text although nearly all their values have another type, by their names. */
  readonly hints?: ReadonlyMap<string, string>
}) => {
  const { columns, hints = new Map<string, string>(), label } = props
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
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
