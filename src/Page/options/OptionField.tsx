import { useId } from "react"
import type { LoadOption } from "virtual:load-options"

/** Choices that need more than their name. */
const words: Readonly<Record<string, string>> = {
  "mode create": "create: a new table",
  "mode append": "append: add the rows to a table",
  "mode replace": "replace: all rows of a table",
  "mode upsert": "upsert: insert and update by a key",
}

/** A field for a load option. What is left empty is not sent. */
export const OptionField = (props: {
  readonly option: LoadOption
  readonly label?: string
  /** A list has one item in each line. */
  readonly value: string
  readonly onChange: (value: string) => void
}) => {
  const { label, onChange, option, value } = props
  const id = useId()
  const shared = { id, value, className: "input", "aria-describedby": `${id}-hint` }
  const omitted = option.ifOmitted.replaceAll("`", "")
  const wordsOf = (choice: string) => words[`${option.name} ${choice}`] ?? choice
  const field =
    option.choices.length > 0 ? (
      <select {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">{option.choices.includes(omitted) ? wordsOf(omitted) : omitted}</option>
        {option.choices
          .filter((choice) => choice !== omitted)
          .map((choice) => (
            <option key={choice} value={choice}>
              {wordsOf(choice)}
            </option>
          ))}
      </select>
    ) : option.isList || option.name === "columns" ? (
      <textarea
        {...shared}
        className="input mono"
        rows={2}
        placeholder={option.isList ? "one in each line" : option.example}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    ) : (
      <input
        {...shared}
        className="input mono"
        placeholder={
          option.name === "tableName"
            ? "the file's name and the time"
            : `${option.example} (if empty: ${omitted})`
        }
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  return (
    <div className="field">
      <label htmlFor={id} title={option.details}>
        {label ?? option.name}
      </label>
      {field}
      <p className="hint" id={`${id}-hint`}>
        {option.meaning.replaceAll("`", "")}
      </p>
    </div>
  )
}
