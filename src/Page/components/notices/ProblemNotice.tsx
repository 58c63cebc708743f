import type { ReactNode } from "react"
import type { Problem } from "../../client/http/Problem.ts"
import { Notice } from "./Notice.tsx"

/** Why a request failed, and the next step. */
export const ProblemNotice = (props: {
  readonly problem: Problem
  /** Repeats the request. */
  readonly again?: () => void
  readonly children?: ReactNode
}) => {
  const { again, children, problem } = props
  return (
    <Notice tone="bad" title={problem.title} isUrgent>
      {problem.issues === undefined ? (
        <p>{problem.detail}</p>
      ) : (
        <ul>
          {problem.issues.map(({ field, message }) => (
            <li key={`${field} ${message}`}>{message}</li>
          ))}
        </ul>
      )}
      {children}
      {again === undefined ? null : (
        <div className="row">
          <button type="button" className="button small" onClick={again}>
            Try again
          </button>
        </div>
      )}
    </Notice>
  )
}
