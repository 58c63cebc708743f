import { useState } from "react"
import type { Answer, Problem } from "../../client/http/Problem.ts"
import { deleteSource, pauseSource, refreshSource, resumeSource, type Source } from "../../client/sources.ts"
import { ConfirmDialog } from "../../components/controls/ConfirmDialog.tsx"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { Link } from "../../navigation/Link.tsx"
import { goTo, linkTo } from "../../navigation/place.ts"

/** Refreshes, pauses, resumes and deletes a source. */
export const SourceActions = (props: { readonly source: Source; readonly onChange: () => void }) => {
  const { onChange, source } = props
  const { sourceId, state, table } = source
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const [isConfirming, setIsConfirming] = useState(false)

  const act = async <A,>(request: () => Promise<Answer<A>>, then: () => void) => {
    setIsBusy(true)
    const answer = await request()
    setIsBusy(false)
    setProblem(answer._tag === "Success" ? null : answer.problem)
    if (answer._tag === "Success") then()
  }

  return (
    <div className="stack">
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={isBusy}
          onClick={() => act(() => refreshSource(sourceId), onChange)}
        >
          Refresh now
        </button>
        {state === "active" ? (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => act(() => pauseSource(sourceId), onChange)}
          >
            Pause
          </button>
        ) : (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => act(() => resumeSource(sourceId), onChange)}
          >
            Resume
          </button>
        )}
        <Link className="button" href={linkTo(["sources", sourceId, "edit"])}>
          Edit
        </Link>
        <button type="button" className="button danger" onClick={() => setIsConfirming(true)}>
          Delete…
        </button>
      </div>
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {isConfirming ? (
        <ConfirmDialog
          title={`Delete the source of ${table}?`}
          confirm="Delete the source"
          onCancel={() => setIsConfirming(false)}
          onConfirm={() => {
            setIsConfirming(false)
            void act(
              () => deleteSource(sourceId),
              () => goTo(linkTo(["sources"])),
            )
          }}
        >
          <p>
            Its file is no longer loaded, and a run that has not ended is cancelled. The table, its rows and
            the jobs stay.
          </p>
        </ConfirmDialog>
      ) : null}
    </div>
  )
}
