import { type FormEvent, useId, useState } from "react"
import { comparisonsOf, type Condition, comparisons, takesValue } from "./rowsQuery.ts"

const wordOf = (operator: string): string => comparisons.find(([name]) => name === operator)?.[1] ?? operator

/** The conditions that rows must meet, all of them. */
export const ConditionBar = (props: {
  readonly columns: ReadonlyArray<string>
  /** Columns of the type text. */
  readonly texts: ReadonlySet<string>
  readonly conditions: ReadonlyArray<Condition>
  readonly onChange: (conditions: ReadonlyArray<Condition>) => void
}) => {
  const { columns, conditions, onChange, texts } = props
  const id = useId()
  const [chosen, setChosen] = useState<string | null>(null)
  const [chosenOperator, setOperator] = useState<string>("eq")
  const [value, setValue] = useState("")
  const column = chosen ?? columns[0] ?? ""
  const offered = comparisonsOf(texts.has(column))
  const operator = offered.some(([name]) => name === chosenOperator) ? chosenOperator : "eq"
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (column === "") return
    onChange([...conditions, { column, operator, value: takesValue(operator) ? value : "" }])
    setValue("")
  }
  return (
    <div className="stack">
      <form className="row condition" onSubmit={add} aria-label="Filter the rows">
        <select
          className="input mono"
          aria-label="Column"
          value={column}
          onChange={({ target }) => setChosen(target.value)}
        >
          {columns.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <select
          className="input"
          aria-label="Comparison"
          value={operator}
          onChange={({ target }) => setOperator(target.value)}
        >
          {offered.map(([name, word]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </select>
        {takesValue(operator) ? (
          <input
            id={id}
            className="input"
            aria-label="Value"
            value={value}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setValue(target.value)}
          />
        ) : null}
        <button type="submit" className="button" disabled={column === ""}>
          Add filter
        </button>
      </form>
      {conditions.length === 0 ? null : (
        <ul className="row" aria-label="Filters">
          {conditions.map((condition, index) => {
            const text = `${condition.column} ${wordOf(condition.operator)} ${condition.value}`.trim()
            return (
              <li key={text}>
                <button
                  type="button"
                  className="button small"
                  aria-label={`Remove the filter ${text}`}
                  onClick={() => onChange(conditions.filter((_, other) => other !== index))}
                >
                  {text} ×
                </button>
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}
