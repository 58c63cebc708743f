import { OptionField } from "./OptionField.tsx"
import type { WrittenOptions } from "./LoadForm.ts"
import { loadOption, mainOptions, optionGroups } from "./optionGroups.ts"
import "./options.css"

const labels: Readonly<Record<string, string>> = { mode: "What the load does", tableName: "Table name" }

/** What the load does with which table, and all other options below a heading that opens them. */
export const OptionsPanel = (props: {
  readonly options: WrittenOptions
  readonly onChange: (options: WrittenOptions) => void
}) => {
  const { onChange, options } = props
  const fieldOf = (name: string) => (
    <OptionField
      key={name}
      option={loadOption(name)}
      {...(labels[name] === undefined ? {} : { label: labels[name] })}
      value={options[name] ?? ""}
      onChange={(value) => onChange({ ...options, [name]: value })}
    />
  )
  const given = Object.entries(options).filter(
    ([name, value]) => value !== "" && !mainOptions.some((main) => main === name),
  )
  return (
    <div className="stack">
      <div className="option-grid">{mainOptions.map(fieldOf)}</div>
      <details className="more-options">
        <summary>
          Options
          {given.length === 0 ? null : <span className="muted"> · {given.length} given</span>}
        </summary>
        <div className="stack wide-stack">
          {optionGroups.map(({ options, title }) => (
            <fieldset key={title}>
              <legend>{title}</legend>
              <div className="option-grid">{options.map(({ name }) => fieldOf(name))}</div>
            </fieldset>
          ))}
        </div>
      </details>
    </div>
  )
}
