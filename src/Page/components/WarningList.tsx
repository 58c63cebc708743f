import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import { count } from "../format/numbers.ts"
import { Notice } from "./Notice.tsx"

/** Warnings of a load or a preview, each with a link to its line if that is on the screen. */
export const WarningList = (props: {
  readonly warnings: ReadonlyArray<LoadWarning>
  /** Shows a line; `null` for a line that is not on the screen. */
  readonly showLine?: (line: number) => (() => void) | null
}) => (
  <ul className="stack">
    {props.warnings.map(({ code, line, message }) => {
      const show = line === null ? null : (props.showLine?.(line) ?? null)
      return (
        <li key={`${code} ${line}`}>
          <Notice tone={code === "beginning_only" ? "idle" : code === "would_fail" ? "bad" : "warn"}>
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
          </Notice>
        </li>
      )
    })}
  </ul>
)
