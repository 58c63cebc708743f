import type { Preview } from "../../client/preview.ts"
import { count, counted } from "../../format/numbers.ts"
import { shorten } from "../../format/shorten.ts"
import type { WrittenOptions } from "../../options/LoadForm.ts"
import { createsTable } from "./loadAction.ts"
import { ColumnHead } from "./ColumnHead.tsx"
import { type PreviewRow, previewRows } from "./previewRows.ts"

const Cell = ({ value }: { readonly value: string | null }) =>
  value === null ? (
    <td className="null">NULL</td>
  ) : (
    <td title={value.length > 40 ? value : undefined}>
      {value === "" ? <span className="null">empty</span> : value}
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

const Row = ({ columns, row }: { readonly columns: number; readonly row: PreviewRow }) => {
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
  if (row.kind === "reject") {
    const { line, message, raw, reason } = row.reject
    return (
      <tr className="rejected" data-line={line} tabIndex={-1}>
        <th scope="row" className="number" title={`line ${line}`}>
          line {count(line)}
        </th>
        <td colSpan={columns}>
          <div className="beyond">
            <strong>Rejected</strong> <span className="mono">{reason}</span>: {message}
            <div className="mono">{shorten(raw, 200)}</div>
          </div>
        </td>
      </tr>
    )
  }
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

const summaryOf = (preview: Preview): string =>
  [
    counted(preview.columns.length, "column"),
    `first ${counted(preview.records.length, "row")} shown`,
    ...(preview.rejects.length === 0
      ? []
      : [`${count(preview.rejects.length)} of the first records rejected`]),
    ...Object.entries(preview.skipped).map(
      ([kind, lines]) => `${counted(lines ?? 0, `${kind} line`)} skipped`,
    ),
    ...Object.entries(preview.repairs).map(
      ([kind, records]) => `${counted(records ?? 0, "record")} repaired (${kind})`,
    ),
  ].join(" · ")

const hasSuggestions = ({ columns }: Preview): boolean =>
  columns.some(({ suggestedType }) => suggestedType !== "text")

/** The first records as the table would have them, and what would not become a row. */
export const PreviewGrid = (props: {
  readonly preview: Preview
  readonly options: WrittenOptions
  readonly onChange: (options: WrittenOptions) => void
}) => {
  const { onChange, options, preview } = props
  const { columns } = preview
  return (
    <section className="stack preview-section" aria-label="First rows">
      <div className="row">
        <span className="muted">{summaryOf(preview)}</span>
        {createsTable(options) && (options["types"] ?? "") === "" && hasSuggestions(preview) ? (
          <button
            type="button"
            className="button text"
            onClick={() => onChange({ ...options, types: "infer" })}
          >
            Use the suggested types
          </button>
        ) : null}
      </div>
      <div
        className="scroll preview-grid"
        tabIndex={0}
        role="region"
        aria-label="Table as it would be loaded"
      >
        <table className="table">
          <thead>
            <tr>
              <th scope="col" className="number">
                #
              </th>
              {columns.map((_, index) => (
                <th key={index} scope="col">
                  <ColumnHead preview={preview} index={index} options={options} onChange={onChange} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {previewRows(preview).map((row, index) => (
              <Row key={index} row={row} columns={columns.length} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
