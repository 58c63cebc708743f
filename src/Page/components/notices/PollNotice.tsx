import type { ReactNode } from "react"
import type { Problem } from "../../client/http/Problem.ts"
import { Notice } from "./Notice.tsx"
import { ProblemNotice } from "./ProblemNotice.tsx"

/** How a repeated request is, besides its result: it has none yet, it failed, or the result is not current. */
export const PollNotice = (props: {
  readonly problem: Problem | null
  /** Whether a result is on the screen. */
  readonly isShown: boolean
  /** Repeats the request. */
  readonly again: () => void
  /** A text until the first result. */
  readonly loading: string
  /** The next step after a problem, if there is no result. */
  readonly children?: ReactNode
}) => {
  const { again, children, isShown, loading, problem } = props
  if (problem === null) return isShown ? null : <p className="muted">{loading}</p>
  return isShown ? (
    <Notice tone="warn" title={problem.title}>
      <p>{problem.detail} What you see may be old. Trying again…</p>
    </Notice>
  ) : (
    <ProblemNotice problem={problem} again={again}>
      {children}
    </ProblemNotice>
  )
}
