import { type KeyboardEvent, useState } from "react"
import { columnTypes } from "virtual:load-options"
import type { Preview } from "../../client/preview.ts"
import type { WrittenOptions } from "../../options/LoadForm.ts"
import { changeColumn, columnsOf, givenType } from "./columnOptions.ts"
import { createsTable } from "./loadAction.ts"

type Almost = Preview["almostTyped"][number]
type Choice = NonNullable<Almost["choices"]>[number]

/** The options with those that give a column the type that nearly all its values have. */
const withChoice = (options: WrittenOptions, { options: added }: Choice): WrittenOptions => ({
  ...options,
  ...(added.columns === undefined
    ? {}
    : { columns: JSON.stringify({ ...columnsOf(options), ...added.columns }) }),
  ...(added.decimal === undefined ? {} : { decimal: added.decimal }),
  ...(added.dateFormat === undefined ? {} : { dateFormat: added.dateFormat }),
})

/** The name and the type of a column, to change, and what stands in the file. */
export const ColumnHead = (props: {
  readonly preview: Preview
  readonly index: number
  readonly options: WrittenOptions
  readonly onChange: (options: WrittenOptions) => void
}) => {
  const { index, onChange, options, preview } = props
  const { almostTyped, columns } = preview
  const column = columns[index]
  const [name, setName] = useState(column?.name ?? "")
  const [shownName, setShownName] = useState(name)
  if (column === undefined) return null
  // The file was read again, and the column has another name.
  if (shownName !== column.name) {
    setShownName(column.name)
    setName(column.name)
  }

  const almost = almostTyped.find((each) => each.column === column.name)
  const isCreated = createsTable(options)
  const given = givenType(column, columns, options)
  const isInferred = options["types"] === "infer" || options["types"] === "lenient"
  const type = given ?? (isCreated && (!isInferred || almost !== undefined) ? "text" : column.suggestedType)
  const suggestion = type === "text" && column.suggestedType !== "text" ? column.suggestedType : null

  const change = (next: { readonly name?: string; readonly type?: string }) =>
    onChange(changeColumn(column, columns, options, next))
  const rename = () => {
    const trimmed = name.trim()
    if (trimmed === column.name) return
    change({ name: trimmed === column.header ? "" : trimmed })
  }
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") event.currentTarget.blur()
    if (event.key === "Escape") setName(column.name)
  }
  return (
    <div className="column-head">
      <input
        className="mono"
        aria-label={`Name of column ${index + 1}`}
        value={name}
        size={Math.max(8, name.length)}
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
        onBlur={rename}
        onKeyDown={keys}
      />
      {column.header === column.name ? null : (
        <div className="muted column-header" title={column.header}>
          {column.header === "" ? "no header" : column.header}
        </div>
      )}
      <select
        aria-label={`Type of ${column.name}`}
        value={type}
        disabled={!isCreated}
        title={isCreated ? undefined : "The type of the table's column"}
        onChange={(event) =>
          change({ type: event.target.value === "text" && !isInferred ? "" : event.target.value })
        }
      >
        {[...new Set([...columnTypes, type])].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      {almost?.choices !== undefined && almost.choices.length > 0 && type === "text" ? (
        <div className="column-reason">
          <span title={almost.message}>
            {almost.line === null
              ? "can be read in two ways"
              : `text: line ${almost.line} is “${almost.value ?? ""}”`}
          </span>
          {almost.choices.map((choice) => (
            <button
              key={JSON.stringify(choice.options)}
              type="button"
              className="button text"
              title={JSON.stringify(choice.options)}
              onClick={() => onChange(withChoice(options, choice))}
            >
              Make it {choice.type}
              {choice.options.dateFormat === undefined ? "" : ` (${choice.options.dateFormat})`}
              {choice.options.decimal === undefined ? "" : ` (decimal ${choice.options.decimal})`}
              {choice.rejects === 0 ? "" : `, rejecting ${choice.rejects}`}
            </button>
          ))}
        </div>
      ) : suggestion === null || !isCreated ? null : (
        <div className="column-reason">
          <button type="button" className="button text" onClick={() => change({ type: suggestion })}>
            Make it {suggestion}
          </button>
        </div>
      )}
    </div>
  )
}
