import { shorten } from "../format/shorten.ts"

/** A long text, cut in its middle. The whole is in its title. */
export const Shortened = (props: { readonly text: string; readonly length: number }) =>
  props.text.length <= props.length ? (
    props.text
  ) : (
    <span title={props.text}>{shorten(props.text, props.length)}</span>
  )
