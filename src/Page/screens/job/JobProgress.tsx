import type { Job } from "../../client/jobs.ts"
import { ProgressBar } from "../../components/ProgressBar.tsx"
import { shownStates } from "../../components/StateBadge.tsx"
import { useNow } from "../../components/useNow.ts"
import { bytes, count, counted, percent } from "../../format/numbers.ts"
import { duration, secondsBetween } from "../../format/times.ts"
import { isFinal } from "../../format/isFinal.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"
import { SlowAnnouncement } from "../../components/notices/SlowAnnouncement.tsx"
import { waitingText } from "./waitingText.ts"

/** Seconds that the job has run; 0 before it starts. */
const elapsed = (job: Job, now: number): number =>
  job.startedAt === null ? 0 : Math.max(0, secondsBetween(job.startedAt, job.finishedAt ?? now))

const Fact = (props: { readonly name: string; readonly value: string }) => (
  <div>
    <dt>{props.name}</dt>
    <dd>{props.value}</dd>
  </div>
)

/** One line for people who listen to the page. */
const spoken = (job: Job): string => {
  const { etaSeconds, percent: share, rowsLoaded } = job.progress
  if (job.state !== "active") return `Job ${shownStates[job.state].word}`
  return [
    share === null ? null : percent(share),
    counted(rowsLoaded, "row"),
    etaSeconds === null ? null : `${duration(etaSeconds)} left`,
  ]
    .filter((part) => part !== null)
    .join(", ")
}

/** How far the job is, at one glance. */
export const JobProgress = ({ job }: { readonly job: Job }) => {
  const { progress, state } = job
  const hasEnded = isFinal(state)
  const now = useNow(hasEnded ? null : 1000)
  const seconds = elapsed(job, now)
  const wait = waitingText(job, now)
  const { bytesReceived, bytesTotal } = progress
  const ofTotal =
    bytesTotal === null ? bytes(bytesReceived) : `${bytes(bytesReceived)} of ${bytes(bytesTotal)}`
  return (
    <section className="card stack" aria-label="Progress">
      <div className="row spread">
        <strong className="job-percent">
          {state === "completed" || progress.percent === null
            ? counted(progress.rowsLoaded, "row")
            : percent(progress.percent)}
        </strong>
        {wait === null ? null : (
          <span className="muted">
            {wait}
            {job.waitsFor === null ? "" : ", because "}
            {job.waitsFor === null ? null : (
              <Link href={linkTo(["job", job.waitsFor])}>another job on this table is unfinished</Link>
            )}
          </span>
        )}
      </div>
      <ProgressBar
        label="Share of the file that has arrived"
        tone={shownStates[state].tone}
        percent={state === "completed" ? 100 : hasEnded ? (progress.percent ?? 0) : progress.percent}
        isMoving={state === "active"}
      />
      <dl className="job-facts">
        <Fact name="Received" value={ofTotal} />
        <Fact name="Rows" value={count(progress.rowsLoaded)} />
        <Fact
          name="Rows per second"
          value={seconds < 0.05 || progress.rowsLoaded === 0 ? "–" : count(progress.rowsLoaded / seconds)}
        />
        <Fact
          name="Speed"
          value={progress.bytesPerSecond === null ? "–" : `${bytes(progress.bytesPerSecond)}/s`}
        />
        <Fact name="Rejected" value={count(progress.rowsRejected)} />
        <Fact
          name={hasEnded ? "Took" : "Time left"}
          value={
            hasEnded ? duration(seconds) : progress.etaSeconds === null ? "–" : duration(progress.etaSeconds)
          }
        />
      </dl>
      {progress.resumes === 0 ? null : (
        <p className="muted">The download broke off and was resumed {counted(progress.resumes, "time")}.</p>
      )}
      <SlowAnnouncement text={spoken(job)} isUrgent={hasEnded} />
    </section>
  )
}
