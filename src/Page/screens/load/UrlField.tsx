import { useId } from "react"
import { Icon } from "../../components/Icon.tsx"

/** The URL of the file, with a button to paste it where the browser allows that. */
export const UrlField = (props: {
  readonly value: string
  /** Why the URL cannot be used; `null` if it may be. */
  readonly wrong: string | null
  readonly onChange: (url: string) => void
}) => {
  const { onChange, value, wrong } = props
  const id = useId()
  const paste = () => {
    navigator.clipboard.readText().then(
      (text) => onChange(text.trim()),
      // The user has refused access: the field can still be pasted into.
      () => document.getElementById(id)?.focus(),
    )
  }
  const canPaste = "clipboard" in navigator && "readText" in navigator.clipboard
  return (
    <div className="field">
      <label htmlFor={id}>URL of the file</label>
      <div className="row url-row">
        <input
          id={id}
          className="input grow"
          type="url"
          inputMode="url"
          value={value}
          placeholder="https://example.org/trips.csv"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          aria-invalid={wrong !== null}
          aria-describedby={`${id}-note`}
          onChange={(event) => onChange(event.target.value)}
        />
        {canPaste ? (
          <button type="button" className="button" onClick={paste}>
            <Icon name="paste" />
            Paste
          </button>
        ) : null}
      </div>
      <p className={wrong === null ? "hint" : "wrong"} id={`${id}-note`} aria-live="polite">
        {wrong ??
          "CSV of any delimiter and encoding, also compressed. Share links of Google Sheets, Dropbox or GitHub work too."}
      </p>
    </div>
  )
}
