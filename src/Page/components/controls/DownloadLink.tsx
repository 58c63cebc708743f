import { type MouseEvent, type ReactNode, useState } from "react"
import { useHasKey } from "../../client/http/apiKey.ts"
import type { Problem } from "../../client/http/Problem.ts"
import { askAndRead } from "../../client/http/request.ts"
import { Icon } from "../Icon.tsx"
import { ProblemNotice } from "../notices/ProblemNotice.tsx"

/** A download. A link cannot send an API key, so with one the page fetches the file first. */
export const DownloadLink = (props: {
  readonly href: string
  readonly name: string
  readonly children: ReactNode
}) => {
  const { children, href, name } = props
  const hasKey = useHasKey()
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isFetching, setIsFetching] = useState(false)
  const fetchFirst = async (event: MouseEvent) => {
    if (!hasKey) return
    event.preventDefault()
    if (isFetching) return
    setIsFetching(true)
    const answer = await askAndRead(href, {}, (response) => response.blob())
    setIsFetching(false)
    if (answer._tag === "Failure") return setProblem(answer.problem)
    const url = URL.createObjectURL(answer.value)
    Object.assign(document.createElement("a"), { href: url, download: name }).click()
    URL.revokeObjectURL(url)
    setProblem(null)
  }
  return (
    <>
      <a className="button" href={href} download={name} onClick={fetchFirst}>
        <Icon name="download" />
        {isFetching ? "Downloading…" : children}
      </a>
      {problem === null ? null : <ProblemNotice problem={problem} />}
    </>
  )
}
