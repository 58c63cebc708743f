import { useEffect, useRef } from "react"
import { DelayedInput } from "../../components/controls/DelayedInput.tsx"
import { Field } from "../../components/controls/Field.tsx"
import { shownStates } from "../../components/StateBadge.tsx"
import { type FilterName, filterNames, fromLocalTime, toLocalTime } from "./jobFilter.ts"
import { SourceFilter } from "./SourceFilter.tsx"

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)

/** The key `/` goes to the search, as on many sites. */
const useSlash = () => {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const controller = new AbortController()
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      box.current?.querySelector<HTMLInputElement>("input[type=search]")?.select()
    }
    addEventListener("keydown", focus, { signal: controller.signal })
    return () => controller.abort()
  }, [])
  return box
}

/** Which jobs are listed. Its values are the query of the page. */
export const FilterBar = (props: {
  readonly query: URLSearchParams
  readonly onChange: (name: FilterName, value: string) => void
}) => {
  const { onChange, query } = props
  const box = useSlash()
  const valueOf = (name: FilterName) => query.get(name) ?? ""
  const text = (name: FilterName, label: string, placeholder: string) => (
    <Field label={label}>
      {(id) => (
        <DelayedInput
          id={id}
          className="input"
          value={valueOf(name)}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={(value) => onChange(name, value)}
        />
      )}
    </Field>
  )
  const time = (name: FilterName, label: string) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className="input"
          type="datetime-local"
          value={toLocalTime(valueOf(name))}
          onChange={({ target }) => onChange(name, fromLocalTime(target.value))}
        />
      )}
    </Field>
  )
  const others = filterNames.filter((name) => name !== "text" && name !== "state" && valueOf(name) !== "")
  return (
    <div ref={box} role="search" aria-label="Jobs" className="stack job-filter">
      <div className="job-filter-main">
        <Field label="Search">
          {(id) => (
            <DelayedInput
              id={id}
              className="input"
              type="search"
              value={valueOf("text")}
              placeholder="Words of the URL or the table ( / )"
              autoComplete="off"
              spellCheck={false}
              onChange={(value) => onChange("text", value)}
            />
          )}
        </Field>
        <Field label="State">
          {(id) => (
            <select
              id={id}
              className="input"
              value={valueOf("state")}
              onChange={({ target }) => onChange("state", target.value)}
            >
              <option value="">any</option>
              {Object.entries(shownStates).map(([state, { word }]) => (
                <option key={state} value={state}>
                  {word}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <details open={others.length > 0}>
        <summary>
          More filters
          {others.length === 0 ? null : <span className="muted"> · {others.length} set</span>}
        </summary>
        <div className="job-filter-more">
          {text("table", "Table", "its whole name")}
          {text("host", "Host", "example.org")}
          <Field label="Source">
            {(id) => (
              <SourceFilter
                id={id}
                value={valueOf("sourceId")}
                onChange={(value) => onChange("sourceId", value)}
              />
            )}
          </Field>
          {time("createdAfter", "Created from")}
          {time("createdBefore", "Created before")}
        </div>
      </details>
    </div>
  )
}
