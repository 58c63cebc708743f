import { type FormEvent, useEffect, useId, useRef } from "react"
import { type KeyRequest, useKeyRequest } from "../client/http/apiKey.ts"
import { Notice } from "../components/notices/Notice.tsx"

const KeyDialog = ({ request }: { readonly request: KeyRequest }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const key = field.current?.value.trim() ?? ""
    if (key !== "") request.give(key)
  }
  return (
    // Without a key there is nothing to show, so Escape does not close it.
    <dialog ref={dialog} aria-labelledby={`${id}-title`} onCancel={(event) => event.preventDefault()}>
      <form className="stack" onSubmit={submit}>
        <h2 id={`${id}-title`}>This service needs an API key</h2>
        {request.isRetry ? (
          <Notice tone="bad" isUrgent>
            The service does not accept this key. It may be mistyped or expired.
          </Notice>
        ) : null}
        <div className="field">
          <label htmlFor={id}>API key</label>
          <input
            ref={field}
            id={id}
            className="input mono"
            type="password"
            autoComplete="off"
            required
            aria-describedby={`${id}-hint`}
          />
          <p className="hint" id={`${id}-hint`}>
            Ask the operator for one. It stays in this tab only and is forgotten when you close it.
          </p>
        </div>
        <div className="row">
          <button type="submit" className="button primary">
            Use this key
          </button>
        </div>
      </form>
    </dialog>
  )
}

/** Asks for an API key when a request needs one. */
export const KeyPrompt = () => {
  const request = useKeyRequest()
  return request === null ? null : <KeyDialog request={request} key={String(request.isRetry)} />
}
