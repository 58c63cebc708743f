import { exportUrl, tableRows, type TableAddress } from "../client/tables.ts"
import { useAnswer } from "../client/useAnswer.ts"
import { DownloadLink } from "../components/controls/DownloadLink.tsx"
import { PageLinks } from "../components/controls/PageLinks.tsx"
import { ProblemNotice } from "../components/notices/ProblemNotice.tsx"
import { isNumberType, isTextType } from "../format/columnTypes.ts"
import { shorten } from "../format/shorten.ts"
import { linkTo, type Place, replacePlace } from "../navigation/place.ts"
import { ConditionBar } from "./ConditionBar.tsx"
import {
  conditionsIn,
  orderIn,
  rowsQuery,
  selectionIn,
  withConditions,
  withNextOrder,
  withPlace,
} from "./rowsQuery.ts"
import "./rows.css"

const Cell = ({ isNumber, value }: { readonly isNumber: boolean; readonly value: string | null }) =>
  value === null ? (
    <td className="null">NULL</td>
  ) : (
    <td className={isNumber ? "number" : ""} title={value.length > 80 ? value : undefined}>
      {value === "" ? <span className="null">empty</span> : shorten(value, 80)}
    </td>
  )

const exportFormats = ["csv", "ndjson"] as const

/** Rows of a table, and their download. The filters, the order and the page are in the URL. */
export const RowsView = (props: {
  readonly table: TableAddress
  readonly place: Place
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
}) => {
  const { columns, place, table } = props
  const { path, query } = place
  const request = rowsQuery(query)
  const { again, answer, isAsking } = useAnswer(request.toString(), (signal) =>
    tableRows(table, request, signal),
  )
  const rows = answer?._tag === "Success" ? answer.value.rows : []
  const next = answer?._tag === "Success" ? answer.value.next : null
  const names = answer?._tag === "Success" ? answer.value.columns : columns.map(({ name }) => name)
  const numbers = new Set(columns.filter(({ type }) => isNumberType(type)).map(({ name }) => name))
  const texts = new Set(columns.filter(({ type }) => isTextType(type)).map(({ name }) => name))
  const order = orderIn(query)
  const conditions = conditionsIn(query)
  return (
    <div className="stack">
      <ConditionBar
        columns={names}
        texts={texts}
        conditions={conditions}
        onChange={(next) => replacePlace(linkTo(path, withConditions(query, next)))}
      />
      {answer === null ? <p className="muted">Reading the rows…</p> : null}
      {answer?._tag === "Failure" ? <ProblemNotice problem={answer.problem} again={again} /> : null}
      {answer?._tag !== "Success" ? null : rows.length === 0 ? (
        <div className="empty">
          <p>{conditions.length === 0 ? "This table has no rows." : "No row matches these conditions."}</p>
        </div>
      ) : (
        <div
          className={`scroll rows-grid ${isAsking ? "old" : ""}`}
          tabIndex={0}
          role="region"
          aria-label="Rows"
          aria-busy={isAsking}
        >
          <table className="table">
            <thead>
              <tr>
                {names.map((column) => {
                  const isOrdered = order?.column === column
                  const direction = order?.isDescending === true ? "descending" : "ascending"
                  return (
                    <th
                      key={column}
                      scope="col"
                      className={numbers.has(column) ? "number" : ""}
                      aria-sort={isOrdered ? direction : undefined}
                    >
                      <button
                        type="button"
                        className="button text"
                        title={`Order by ${column}`}
                        onClick={() => replacePlace(linkTo(path, withNextOrder(query, column)))}
                      >
                        {shorten(column, 32)}
                        {isOrdered ? (order.isDescending ? " ↓" : " ↑") : ""}
                      </button>
                    </th>
                  )
                })}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                // Rows have no key of their own, and a page never changes in part.
                <tr key={index}>
                  {names.map((column, place) => (
                    <Cell key={column} isNumber={numbers.has(column)} value={row[place] ?? null} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length === 0 ? null : (
        <div className="row">
          {exportFormats.map((format) => (
            <DownloadLink
              key={format}
              href={exportUrl(table, selectionIn(query), format)}
              name={`${table.name}.${format}`}
            >
              Download as {format.toUpperCase()}
            </DownloadLink>
          ))}
          <span className="muted">
            {conditions.length === 0 ? "All rows" : "All rows that match the filters"}
            {order === null ? "" : `, by ${shorten(order.column, 32)}`}
          </span>
        </div>
      )}
      <PageLinks
        first={query.has("after") ? linkTo(path, withConditions(query, conditions)) : null}
        next={next === null ? null : linkTo(path, withPlace(query, next))}
        nextLabel="More rows"
      />
    </div>
  )
}
