import type { Preview } from "../../client/preview.ts"
import { count } from "../../format/numbers.ts"
import { shorten } from "../../format/shorten.ts"
import type { PreviewRow } from "./previewRows.ts"

const Cell = ({
  isMisfit = false,
  value,
}: {
  readonly isMisfit?: boolean
  readonly value: string | null
}) => (
  <td
    className={isMisfit ? "misfit" : undefined}
    title={value !== null && value.length > 40 ? value : undefined}
  >
    {value === null ? (
      <span className="null">NULL</span>
    ) : value === "" ? (
      <span className="null">empty</span>
    ) : (
      value
    )}
  </td>
)

const repairs: Readonly<Record<Preview["repairedRecords"][number]["reason"], string>> = {
  short_record: "Repaired: the record was too short and is filled with NULL",
  long_record: "Repaired: the surplus fields of the record are cut off",
  stray_quote: "Repaired: a quote that is not doubled is text",
  short_header: "Repaired",
}

/** What a row does to the table, as a mark beside its number. */
const changes: Readonly<Record<NonNullable<Preview["rowChanges"]>[number], string>> = {
  inserted: "new",
  updated: "update",
  unchanged: "same",
}

/** A record with too few or too many fields has only its text; of others, the value that does not fit is marked. */
const RejectRows = (props: {
  readonly columns: number
  readonly row: Extract<PreviewRow, { readonly kind: "reject" }>
}) => {
  const { misfit, reject } = props.row
  const { line, message, raw, reason, values } = reject
  const number = (
    <th scope="row" className="number" rowSpan={values === null ? 1 : 2}>
      line {count(line)}
    </th>
  )
  const why = (
    <td colSpan={props.columns}>
      <div className="beyond">
        <strong>Rejected</strong> <span className="mono">{reason}</span>: {message}
        {values === null ? <div className="mono">{shorten(raw, 200)}</div> : null}
      </div>
    </td>
  )
  if (values === null)
    return (
      <tr className="rejected" data-line={line} tabIndex={-1}>
        {number}
        {why}
      </tr>
    )
  return (
    <>
      <tr className="rejected with-reason" data-line={line} tabIndex={-1}>
        {number}
        {values.map((value, index) => (
          <Cell key={index} value={value} isMisfit={index === misfit} />
        ))}
      </tr>
      <tr className="rejected">{why}</tr>
    </>
  )
}

/** A record or a skipped line in the grid. */
export const GridRow = ({ columns, row }: { readonly columns: number; readonly row: PreviewRow }) => {
  if (row.kind === "row")
    return (
      <tr className={row.repair === null ? "" : "repaired"}>
        <th scope="row" className="number" title={row.repair === null ? undefined : repairs[row.repair]}>
          {row.change === null ? null : <span className="row-mark">{changes[row.change]} </span>}
          {row.repair === null ? null : <span className="row-mark">repaired </span>}
          {count(row.record)}
        </th>
        {row.cells.map((value, index) => (
          <Cell key={index} value={value} />
        ))}
      </tr>
    )
  if (row.kind === "reject") return <RejectRows columns={columns} row={row} />
  const { kind, line, raw } = row.skipped
  return (
    <tr className="skipped" data-line={line} tabIndex={-1}>
      <th scope="row" className="number">
        line {count(line)}
      </th>
      <td colSpan={columns}>
        <div className="beyond">
          <strong>Skipped, {kind}</strong> <span className="mono">{shorten(raw, 200)}</span>
        </div>
      </td>
    </tr>
  )
}
