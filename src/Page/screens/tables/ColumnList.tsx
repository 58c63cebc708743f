import type { Table, TableColumn } from "../../client/tables.ts"
import { Time } from "../../components/Time.tsx"
import { count, percent } from "../../format/numbers.ts"
import { shorten } from "../../format/shorten.ts"
import { ValueChart } from "./ValueChart.tsx"

const rangeOf = ({ statistics }: TableColumn): string => {
  if (statistics === null || statistics.min === null || statistics.max === null) return "–"
  return statistics.min === statistics.max
    ? shorten(statistics.min, 24)
    : `${shorten(statistics.min, 24)} – ${shorten(statistics.max, 24)}`
}

/** Rows that the numbers of the statistics are of. */
const totalOf = ({ rowsEstimate, rowsLoaded, statistics }: Table): number =>
  statistics?.of === "all" ? statistics.rows : (rowsEstimate ?? rowsLoaded)

const Origin = ({ statistics }: { readonly statistics: Table["statistics"] }) => (
  <p className="muted">
    {statistics === null
      ? "Postgres has not analyzed the table yet, so nothing is known of its values."
      : statistics.of === "all"
        ? `Values of all ${count(statistics.rows)} rows`
        : `Estimated from a sample of about ${count(statistics.rows)} rows`}
    {statistics === null || statistics.at === null ? null : (
      <>
        , <Time time={statistics.at} />
      </>
    )}
  </p>
)

/** The columns of a table, with what is known of their values. */
export const ColumnList = ({ table }: { readonly table: Table }) => {
  const total = totalOf(table)
  return (
    <div className="stack">
      <Origin statistics={table.statistics} />
      <div className="scroll" tabIndex={0} role="region" aria-label="Columns">
        <table className="table column-list">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col" className="number">
                NULL
              </th>
              <th scope="col" className="number">
                Different
              </th>
              <th scope="col">Range</th>
              <th scope="col">Values</th>
            </tr>
          </thead>
          <tbody>
            {table.columns.map((column) => {
              const { header, indexed, name, nullable, statistics, type } = column
              return (
                <tr key={name}>
                  <td>
                    <span className="mono">{name}</span>
                    {header === null ? null : <p className="muted">{shorten(header, 48)}</p>}
                  </td>
                  <td>
                    <span className="mono">{type}</span>
                    <p className="muted">
                      {[...(indexed ? ["indexed"] : []), ...(nullable ? [] : ["not null"])].join(", ")}
                    </p>
                  </td>
                  <td className="number">
                    {statistics === null
                      ? "–"
                      : statistics.nulls === 0 || total === 0
                        ? count(statistics.nulls)
                        : percent((100 * statistics.nulls) / total)}
                  </td>
                  <td className="number">
                    {statistics === null || statistics.distinct === null ? "–" : count(statistics.distinct)}
                  </td>
                  <td className="mono">{rangeOf(column)}</td>
                  <td>
                    {statistics === null ? null : (
                      <ValueChart statistics={statistics} type={type} total={total} />
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </div>
  )
}
