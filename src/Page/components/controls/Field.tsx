import { type ReactNode, useId } from "react"

/** A field below its label. */
export const Field = (props: { readonly label: string; readonly children: (id: string) => ReactNode }) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
    </div>
  )
}
