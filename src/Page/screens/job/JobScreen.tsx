import { addressOf, tableLink } from "../../client/tables.ts"
import { useCancel } from "../../client/useCancel.ts"
import { useJob } from "../../client/useJob.ts"
import { Notice } from "../../components/notices/Notice.tsx"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { Shortened } from "../../components/Shortened.tsx"
import { StateBadge } from "../../components/StateBadge.tsx"
import { isFinal } from "../../format/isFinal.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo, type Place } from "../../navigation/place.ts"
import { JobErrorCard } from "./JobErrorCard.tsx"
import { JobProgress } from "./JobProgress.tsx"
import { JobWarnings } from "./JobWarnings.tsx"
import { LoadAgain } from "./LoadAgain.tsx"
import { JobTabs } from "./tabs/JobTabs.tsx"
import { ThroughputChart } from "./ThroughputChart.tsx"
import { Timeline } from "./Timeline.tsx"
import "./job.css"

/** One job: how far it is, what it did, and what went wrong. */
export const JobScreen = ({ place }: { readonly place: Place }) => {
  const jobId = place.path[1] ?? ""
  const { job, problem, replace } = useJob(jobId)
  const { cancel, isCancelling, problem: cancelProblem } = useCancel(jobId, replace)

  if (job === null) {
    if (problem === null) return <p className="muted">Loading the job…</p>
    return (
      <ProblemNotice problem={problem}>
        <p>
          Go to <Link href={linkTo([])}>Load</Link> to load a file.
        </p>
      </ProblemNotice>
    )
  }

  const hasEnded = isFinal(job.state)
  return (
    <div className="stack wide-stack">
      <div className="row spread job-head">
        <div className="stack job-title">
          <div className="row">
            <h1 className="mono">{job.table}</h1>
            <StateBadge state={job.state} />
          </div>
          {job.fileUrls.map((fileUrl, place) => (
            <p key={place} className="muted">
              <Shortened text={fileUrl} length={90} />
            </p>
          ))}
        </div>
        <div className="row">
          {job.state === "completed" ? (
            <Link className="button" href={tableLink(addressOf(job))}>
              Show the table
            </Link>
          ) : null}
          {hasEnded ? (
            <LoadAgain job={job} />
          ) : (
            <button type="button" className="button danger" disabled={isCancelling} onClick={cancel}>
              {isCancelling ? "Cancelling…" : "Cancel this job"}
            </button>
          )}
        </div>
      </div>
      {problem === null ? null : (
        <Notice tone="warn" title={problem.title}>
          <p>The job continues without this page. Trying again…</p>
        </Notice>
      )}
      {cancelProblem === null ? null : <ProblemNotice problem={cancelProblem} />}
      {job.error === null || job.state === "completed" ? null : <JobErrorCard job={job} error={job.error} />}
      <JobProgress job={job} />
      <div className="job-pictures">
        <ThroughputChart points={job.throughput} />
        <Timeline job={job} />
      </div>
      <JobWarnings job={job} />
      <JobTabs job={job} place={place} />
    </div>
  )
}
