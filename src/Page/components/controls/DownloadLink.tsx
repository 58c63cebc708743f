import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react"
import { useHasKey } from "../../client/http/apiKey.ts"
import type { Answer, Problem } from "../../client/http/Problem.ts"
import { readUpTo } from "../../client/http/readUpTo.ts"
import { askAndRead } from "../../client/http/request.ts"
import { canSave, saveResponse } from "../../client/http/saveResponse.ts"
import { curlWith, shellQuoted } from "../../format/curl.ts"
import { bytes } from "../../format/numbers.ts"
import { Icon } from "../Icon.tsx"
import { Notice } from "../notices/Notice.tsx"
import { ProblemNotice } from "../notices/ProblemNotice.tsx"
import { CopyableCode } from "./CopyButton.tsx"

/** Most bytes that the page fetches: the browser keeps them in memory until it has all of them. */
const maxBytes = 256 * 1024 * 1024

const save = (file: Blob, name: string) => {
  const url = URL.createObjectURL(file)
  Object.assign(document.createElement("a"), { href: url, download: name }).click()
  URL.revokeObjectURL(url)
}

const downloadCommand = (href: string, name: string): string =>
  `${curlWith(true)} --fail -o ${shellQuoted(name)} ${shellQuoted(new URL(href, document.baseURI).href)}`

/**
 * A download. A link cannot send an API key, so with one the page fetches the file first. A large file is written to a place that the
 * user chooses, if the browser can do that, and has a command. The download ends when the link disappears.
 */
export const DownloadLink = (props: {
  readonly href: string
  readonly name: string
  readonly children: ReactNode
}) => {
  const { children, href, name } = props
  const hasKey = useHasKey()
  const [problem, setProblem] = useState<Problem | null>(null)
  /** Downloads a file that is too large for the page. */
  const [command, setCommand] = useState<string | null>(null)
  const [isFetching, setIsFetching] = useState(false)
  const download = useRef<AbortController>(null)
  useEffect(() => () => download.current?.abort(), [])
  const fetchWith = async <A,>(
    request: (signal: AbortSignal) => Promise<Answer<A> | null>,
    then: (value: A) => void,
  ) => {
    if (isFetching) return
    const { signal } = (download.current = new AbortController())
    setIsFetching(true)
    setProblem(null)
    try {
      const answer = await request(signal)
      if (answer?._tag === "Failure") setProblem(answer.problem)
      else if (answer !== null) then(answer.value)
    } catch (error) {
      if (!signal.aborted) throw error
    }
    setIsFetching(false)
  }
  const fetchFirst = (event: MouseEvent) => {
    if (!hasKey) return
    event.preventDefault()
    setCommand(null)
    void fetchWith(
      (signal) => askAndRead(href, { signal }, (response) => readUpTo(maxBytes, response)),
      (file) => (file === null ? setCommand(downloadCommand(href, name)) : save(file, name)),
    )
  }
  const saveAs = () =>
    fetchWith(
      (signal) => saveResponse(href, name, signal),
      () => setCommand(null),
    )
  return (
    <>
      <a className="button" href={href} download={name} onClick={fetchFirst}>
        <Icon name="download" />
        {isFetching ? "Downloading…" : children}
      </a>
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {command === null ? null : (
        <Notice tone="warn" title={`The file has more than ${bytes(maxBytes)}`}>
          {canSave() ? (
            <p>
              <button type="button" className="button small" disabled={isFetching} onClick={saveAs}>
                Save to a file…
              </button>
            </p>
          ) : null}
          <p>
            {canSave()
              ? "Or use this command:"
              : "The page cannot download it with an API key. This command can:"}
          </p>
          <CopyableCode text={command} what="the command" />
        </Notice>
      )}
    </>
  )
}
