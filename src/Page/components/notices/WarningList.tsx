import type { LoadWarning, LoadWarningCode } from "../../../Domain/load/LoadWarning.ts"
import { count } from "../../format/numbers.ts"
import { Icon, type IconName } from "../Icon.tsx"
import type { Tone } from "../StateBadge.tsx"
import "./warningList.css"

/** The codes that are not about something doubtful. */
const shown: Readonly<Partial<Record<LoadWarningCode, { readonly tone: Tone; readonly icon: IconName }>>> = {
  beginning_only: { tone: "idle", icon: "info" },
  would_fail: { tone: "bad", icon: "failed" },
}

const doubtful = { tone: "warn", icon: "warning" } as const

/** Warnings of a load or a preview, each with a link to its line if that is on the screen. */
export const WarningList = (props: {
  readonly warnings: ReadonlyArray<LoadWarning>
  /** Shows a line; `null` for a line that is not on the screen. */
  readonly showLine?: (line: number) => (() => void) | null
}) =>
  props.warnings.length === 0 ? null : (
    <ul className="card warnings">
      {props.warnings.map(({ code, line, message }) => {
        const show = line === null ? null : (props.showLine?.(line) ?? null)
        const { icon, tone } = shown[code] ?? doubtful
        return (
          <li key={`${code} ${line}`} className={`tone-${tone}`}>
            <Icon name={icon} />
            <p>
              {message}{" "}
              {line === null ? null : show === null ? (
                <span className="muted">(line {count(line)})</span>
              ) : (
                <button type="button" className="button text" onClick={show}>
                  Show line {count(line)}
                </button>
              )}
            </p>
          </li>
        )
      })}
    </ul>
  )
