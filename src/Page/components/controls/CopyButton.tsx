import { useEffect, useState } from "react"
import { Icon } from "../Icon.tsx"

/** Copies a text. Without access to the clipboard, which needs HTTPS or localhost, it shows the text to copy by hand. */
export const CopyButton = (props: { readonly text: string; readonly what: string }) => {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = () => {
    const show = () => void prompt(`Copy ${props.what}:`, props.text)
    if ("clipboard" in navigator)
      navigator.clipboard.writeText(props.text).then(() => setIsCopied(true), show)
    else show()
  }
  return (
    <button type="button" className="button small" aria-label={`Copy ${props.what}`} onClick={copy}>
      <Icon name={isCopied ? "done" : "copy"} />
      {isCopied ? "Copied" : "Copy"}
    </button>
  )
}

/** A command or query to copy. */
export const CopyableCode = (props: { readonly text: string; readonly what: string }) => (
  <div className="code">
    <pre tabIndex={0} role="region" aria-label={props.what}>
      {props.text}
    </pre>
    <CopyButton {...props} />
  </div>
)
