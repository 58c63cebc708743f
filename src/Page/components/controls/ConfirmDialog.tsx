import { type ReactNode, useEffect, useId, useRef } from "react"

/** Asks before something that cannot be undone. Escape cancels. */
export const ConfirmDialog = (props: {
  readonly title: string
  /** What the button does. */
  readonly confirm: string
  readonly onConfirm: () => void
  readonly onCancel: () => void
  readonly children: ReactNode
}) => {
  const { children, confirm, onCancel, onConfirm, title } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={onCancel}>
      <div className="stack">
        <h2 id={id}>{title}</h2>
        {children}
        <div className="row">
          <button type="button" className="button" onClick={onCancel} autoFocus>
            Cancel
          </button>
          <button type="button" className="button danger" onClick={onConfirm}>
            {confirm}
          </button>
        </div>
      </div>
    </dialog>
  )
}
