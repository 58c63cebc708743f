import type { ListedJob } from "../../client/jobList.ts"
import { useCancel } from "../../client/useCancel.ts"
import { FileName } from "../../components/FileName.tsx"
import { ProgressBar } from "../../components/ProgressBar.tsx"
import { Shortened } from "../../components/Shortened.tsx"
import { StateBadge } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { useNow } from "../../components/useNow.ts"
import { bytes, count, percent } from "../../format/numbers.ts"
import { isFinal } from "../../format/isFinal.ts"
import { ago, duration, secondsBetween } from "../../format/times.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"

const Running = ({ job }: { readonly job: ListedJob }) => {
  const { bytesReceived, etaSeconds, percent: share } = job.progress
  const facts = [
    share === null ? bytes(bytesReceived) : percent(share),
    ...(etaSeconds === null ? [] : [`${duration(etaSeconds)} left`]),
  ]
  return (
    <div className="job-progress">
      <ProgressBar label={`Progress of ${job.table}`} tone="accent" percent={share} isMoving />
      <span className="muted">{facts.join(" · ")}</span>
    </div>
  )
}

const Waiting = ({ job }: { readonly job: ListedJob }) => {
  const now = useNow(1000)
  const { attempt, maxAttempts, nextAttemptAt } = job
  return (
    <span className="muted">
      attempt {(attempt ?? 0) + 1}
      {maxAttempts === null ? "" : ` of ${maxAttempts}`}
      {nextAttemptAt === null ? "" : ` ${ago(nextAttemptAt, now)}`}
    </span>
  )
}

/** How long the job took, or how far it is. */
const Course = ({ job }: { readonly job: ListedJob }) => {
  const { finishedAt, startedAt, state } = job
  if (state === "active") return <Running job={job} />
  if (state === "retry") return <Waiting job={job} />
  if (finishedAt === null || startedAt === null) return <span className="muted">–</span>
  return duration(secondsBetween(startedAt, finishedAt))
}

const CancelButton = ({ job, onChange }: JobRowProps) => {
  const { cancel, isCancelling, problem } = useCancel(job.jobId, onChange)
  return (
    <div>
      <button
        type="button"
        className="button text"
        aria-label={`Cancel ${job.table}`}
        disabled={isCancelling}
        onClick={cancel}
      >
        {isCancelling ? "Cancelling…" : "Cancel"}
      </button>
      {problem === null ? null : (
        <p role="alert" className="job-error">
          {problem.detail}
        </p>
      )}
    </div>
  )
}

interface JobRowProps {
  readonly job: ListedJob
  /** Shows a later state of the job. */
  readonly onChange: (job: ListedJob) => void
}

/** One job of the list. */
export const JobRow = ({ job, onChange }: JobRowProps) => {
  const { createdAt, error, fileUrl, fileUrls, jobId, progress, state, table, unchanged } = job
  return (
    <tr>
      <td>
        <StateBadge state={state} />
      </td>
      <td className="job-table title">
        <Link href={linkTo(["job", jobId])} className="mono">
          <Shortened text={table} length={40} />
        </Link>
        {error === null || state === "completed" ? null : (
          <p className="muted job-error lines" title={error.message}>
            {error.message}
          </p>
        )}
      </td>
      <td>
        <FileName fileUrl={fileUrl} others={fileUrls.length - 1} />
      </td>
      <td className="number" data-name="Rows">
        {unchanged ? <span className="muted">unchanged</span> : count(progress.rowsLoaded)}
        {progress.rowsRejected === 0 ? null : (
          <p className="muted">{count(progress.rowsRejected)} rejected</p>
        )}
      </td>
      <td>
        <Course job={job} />
        {isFinal(state) ? null : <CancelButton job={job} onChange={onChange} />}
      </td>
      <td className="number">
        <Time time={createdAt} />
      </td>
    </tr>
  )
}
