import { useId } from "react"
import type { LoadOption } from "virtual:load-options"

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
  const field =
    option.choices.length > 0 ? (
      <select {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">{option.choices.includes(omitted) ? `${omitted} (default)` : omitted}</option>
        {option.choices
          .filter((choice) => choice !== omitted)
          .map((choice) => (
            <option key={choice}>{choice}</option>
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
        placeholder={option.name === "tableName" ? omitted : `${option.example} (if empty: ${omitted})`}
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
