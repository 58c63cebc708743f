import { type MouseEvent, type ReactNode, useState } from "react"
import { useHasKey } from "../client/apiKey.ts"
import { send } from "../client/request.ts"
import { Icon } from "./Icon.tsx"

/** A download. A link cannot send an API key, so with one the page fetches the file first. */
export const DownloadLink = (props: {
  readonly href: string
  readonly name: string
  readonly children: ReactNode
}) => {
  const { children, href, name } = props
  const hasKey = useHasKey()
  const [failure, setFailure] = useState<string | null>(null)
  const fetchFirst = async (event: MouseEvent) => {
    if (!hasKey) return
    event.preventDefault()
    const response = await send(href)
    if (response?.ok !== true) return setFailure("The download failed. Try again.")
    const url = URL.createObjectURL(await response.blob())
    Object.assign(document.createElement("a"), { href: url, download: name }).click()
    URL.revokeObjectURL(url)
    setFailure(null)
  }
  return (
    <>
      <a className="button" href={href} download={name} onClick={fetchFirst}>
        <Icon name="download" />
        {children}
      </a>
      {failure === null ? null : <span role="alert">{failure}</span>}
    </>
  )
}
