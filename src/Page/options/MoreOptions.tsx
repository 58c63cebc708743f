import { OptionField } from "./OptionField.tsx"
import type { WrittenOptions } from "./LoadForm.ts"
import { isMain, optionGroups } from "./optionGroups.ts"
import "./options.css"

/** All options besides the main ones, below a heading that opens them. */
export const MoreOptions = (props: {
  readonly options: WrittenOptions
  readonly onChange: (options: WrittenOptions) => void
}) => {
  const { onChange, options } = props
  const given = Object.entries(options).filter(([name, value]) => value !== "" && !isMain(name))
  return (
    <details className="more-options">
      <summary>
        Options
        {given.length === 0 ? null : <span className="muted"> · {given.length} given</span>}
      </summary>
      <div className="stack wide-stack">
        {optionGroups.map((group) => (
          <fieldset key={group.title}>
            <legend>{group.title}</legend>
            <div className="option-grid">
              {group.options.map((option) => (
                <OptionField
                  key={option.name}
                  option={option}
                  value={options[option.name] ?? ""}
                  onChange={(value) => onChange({ ...options, [option.name]: value })}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
    </details>
  )
}
