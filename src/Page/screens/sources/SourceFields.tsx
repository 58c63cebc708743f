import type { ReactNode } from "react"
import { Field } from "../../components/controls/Field.tsx"
import type { WrittenOptions } from "../../options/LoadForm.ts"
import { MoreOptions } from "../../options/MoreOptions.tsx"
import { ScheduleFields, type WrittenSchedule } from "./ScheduleFields.tsx"

const modes = [
  ["replace", "replace: the table has what the file has"],
  ["append", "append: each version of the file is added"],
  ["upsert", "upsert: rows are inserted or updated by their key"],
] as const

/** What can be wrong with the options before the service sees them. */
export const wrongIn = (options: WrittenOptions): string | null =>
  options["mode"] === "upsert" && (options["key"] ?? "").trim() === ""
    ? "Give the columns of the key by which rows are updated."
    : null

/** What a source does and when: its mode, its times and all other options. */
export const SourceFields = (props: {
  readonly options: WrittenOptions
  readonly onOptions: (options: WrittenOptions) => void
  readonly schedule: WrittenSchedule
  readonly onSchedule: (schedule: WrittenSchedule) => void
  /** Fields before the mode. */
  readonly children?: ReactNode
}) => {
  const { children, onOptions, onSchedule, options, schedule } = props
  const change = (name: string, value: string) => onOptions({ ...options, [name]: value })
  return (
    <>
      <div className="option-grid">
        {children}
        <Field label="What a load does">
          {(id) => (
            <select
              id={id}
              className="input"
              value={options["mode"] ?? ""}
              // The field of the key disappears, and other modes refuse a key.
              onChange={({ target: { value: mode } }) =>
                onOptions({ ...options, mode, ...(mode === "upsert" ? {} : { key: "" }) })
              }
            >
              {modes.map(([mode, meaning]) => (
                <option key={mode} value={mode}>
                  {meaning}
                </option>
              ))}
            </select>
          )}
        </Field>
        {options["mode"] === "upsert" ? (
          <Field label="Key columns">
            {(id) => (
              <textarea
                id={id}
                className="input mono"
                rows={2}
                value={options["key"] ?? ""}
                placeholder="one in each line"
                spellCheck={false}
                onChange={({ target }) => change("key", target.value)}
              />
            )}
          </Field>
        ) : null}
      </div>
      <ScheduleFields schedule={schedule} onChange={onSchedule} />
      <MoreOptions options={options} onChange={onOptions} />
    </>
  )
}
