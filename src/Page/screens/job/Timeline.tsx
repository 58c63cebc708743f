import type { Job } from "../../client/jobs.ts"
import type { Phase, PhaseName } from "../../client/tab/jobHistory.ts"
import { Icon, type IconName } from "../../components/Icon.tsx"
import { shownStates, type Tone } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { duration, secondsBetween } from "../../format/times.ts"
import { isFinal } from "../../format/isFinal.ts"

interface Step {
  readonly key: string
  readonly name: string
  readonly icon: IconName
  readonly tone: Tone
  /** Seconds; `null` while it lasts. */
  readonly seconds: number | null
  readonly reason: string | null
}

const names: Readonly<Record<PhaseName, string>> = {
  queued: "queued",
  connecting: "connecting to the source",
  reading: "reading and copying",
  committing: "committing",
  waiting: "waiting to retry",
  ended: "ended",
}

/** The phases that this tab has seen, one line each. */
const watchedSteps = (phases: ReadonlyArray<Phase>, job: Job): ReadonlyArray<Step> =>
  phases
    .filter(({ name }) => name !== "ended" && name !== "queued")
    .map(({ at, attempt, name, reason }) => {
      const next = phases.find((phase) => phase.at > at)
      const end = next?.name === "ended" ? (job.finishedAt ?? next.at) : next?.at
      return {
        key: `${attempt} ${name} ${at}`,
        name: name === "waiting" ? names[name] : `attempt ${attempt}: ${names[name]}`,
        icon: name === "waiting" ? "waiting" : "running",
        tone: name === "waiting" ? "warn" : "accent",
        seconds: end === undefined ? null : secondsBetween(at, end),
        reason: name === "waiting" ? reason : null,
      }
    })

const stepsOf = (job: Job, phases: ReadonlyArray<Phase>): ReadonlyArray<Step> => {
  const { createdAt, finishedAt, startedAt } = job
  const began = startedAt ?? finishedAt
  const queued: Step = {
    key: "queued",
    name: names.queued,
    icon: "waiting",
    tone: "idle",
    seconds: began === null ? null : secondsBetween(createdAt, began),
    reason: null,
  }
  const watched = watchedSteps(phases, job)
  const loaded: Step = {
    key: "loaded",
    name: job.attempt !== null && job.attempt > 1 ? `${job.attempt} attempts` : "loading",
    icon: "running",
    tone: "accent",
    seconds: startedAt === null || finishedAt === null ? null : secondsBetween(startedAt, finishedAt),
    reason: null,
  }
  return [queued, ...(watched.length > 0 ? watched : startedAt === null ? [] : [loaded]), ...endOf(job)]
}

const endOf = ({ error, state }: Job): ReadonlyArray<Step> => {
  if (!isFinal(state)) return []
  const { icon, tone, word } = shownStates[state]
  const reason = state === "failed" ? (error?.code ?? null) : null
  return [{ key: "end", name: word, icon, tone, seconds: null, reason }]
}

/** What the job did when. */
export const Timeline = (props: { readonly job: Job; readonly phases: ReadonlyArray<Phase> }) => {
  const { job, phases } = props
  return (
    <section className="card stack" aria-label="Timeline">
      <div className="row spread">
        <h2>Timeline</h2>
        <span className="muted">
          created <Time time={job.createdAt} />
        </span>
      </div>
      <ol className="timeline">
        {stepsOf(job, phases).map(({ icon, key, name, reason, seconds, tone }) => (
          <li key={key} className={`tone-${tone}`}>
            <Icon name={icon} />
            <div>
              {name}
              {reason === null ? null : <p className="muted">{reason}</p>}
            </div>
            <span className="muted number">
              {seconds === null ? (key === "end" ? "" : "…") : duration(seconds)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
