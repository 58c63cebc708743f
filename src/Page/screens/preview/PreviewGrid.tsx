import type { Preview } from "../../client/preview.ts"
import { count, counted } from "../../format/numbers.ts"
import type { WrittenOptions } from "../../options/LoadForm.ts"
import { createsTable } from "./loadAction.ts"
import { ColumnHead } from "./ColumnHead.tsx"
import { GridRow } from "./GridRow.tsx"
import { previewRows, recordsIn } from "./previewRows.ts"
import { shownText } from "./shownText.ts"

/** Records that are shown at first. */
const fewRecords = 20

const summaryOf = (preview: Preview, shown: number): string =>
  [
    counted(preview.columns.length, "column"),
    shownText(preview, shown),
    ...(preview.rejects.length === 0
      ? []
      : [`${count(preview.rejects.length)} of the first ${count(recordsIn(preview))} rejected`]),
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
  /** Whether all records of the preview are shown, or only some. */
  readonly showsAll: boolean
  readonly onShowAll: () => void
}) => {
  const { onChange, onShowAll, options, preview, showsAll } = props
  const { columns } = preview
  const records = recordsIn(preview)
  const shown = showsAll ? records : Math.min(records, fewRecords)
  return (
    <section className="stack preview-section" aria-label="First rows">
      <div className="row">
        <span className="muted">{summaryOf(preview, shown)}</span>
        {shown === records ? null : (
          <button type="button" className="button text" onClick={onShowAll}>
            Show {count(records)} records
          </button>
        )}
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
            {previewRows(preview, shown).map((row, index) => (
              <GridRow key={index} row={row} columns={columns.length} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
