import { OptionField } from "./OptionField.tsx"
import type { WrittenOptions } from "./LoadForm.ts"
import { MoreOptions } from "./MoreOptions.tsx"
import { loadOption, mainOptions } from "./optionGroups.ts"

const labels: Readonly<Record<string, string>> = { mode: "Mode", tableName: "Table name", key: "Key" }

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
  return (
    <div className="stack">
      <div className="option-grid">
        {mainOptions.map(fieldOf)}
        {options["mode"] === "upsert" ? fieldOf("key") : null}
      </div>
      <MoreOptions options={options} onChange={onChange} />
    </div>
  )
}
