import { shortestPhase } from "../../../Domain/job/attempts/shortestPhase.ts"
import type { Job } from "../../client/jobs.ts"
import { Icon } from "../../components/Icon.tsx"
import { type Shown, shownStates } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { useNow } from "../../components/useNow.ts"
import { duration, secondsBetween } from "../../format/times.ts"
import { isFinal } from "../../format/isFinal.ts"
import { type Attempt, type Phase, phasesOf, phaseWords } from "./attemptPhases.ts"

const outcomes: Readonly<Record<NonNullable<Attempt["outcome"]>, Shown>> = {
  completed: shownStates.completed,
  failed: shownStates.failed,
  cancelled: shownStates.cancelled,
  released: {
    word: "returned to the queue, because its worker was shut down",
    icon: "waiting",
    tone: "idle",
  },
  lost: { word: "lost, because its worker died or lost the database", icon: "failed", tone: "warn" },
}

/** The phases of an attempt in their places on the time axis of the job. */
const Bar = (props: {
  readonly phases: ReadonlyArray<Phase>
  readonly from: number
  readonly total: number
}) => {
  const { from, phases, total } = props
  const share = (seconds: number) => `${(100 * seconds) / total}%`
  let at = from
  return (
    <div className="timeline-bar" aria-hidden="true">
      {phases.map(({ name, seconds }) => {
        const style = { left: share(at), width: share(seconds) }
        at += seconds
        return <div key={name} className={`phase-${name}`} style={style} title={phaseWords[name]} />
      })}
    </div>
  )
}

/** One attempt: how it ended, and what it spent its time on. */
const AttemptRow = (props: {
  readonly job: Job
  readonly attempt: Attempt
  readonly now: number
  /** Seconds from the creation of the job to its end, or until now. */
  readonly total: number
}) => {
  const { attempt, job, now, total } = props
  const { endedAt, error, outcome, replica, startedAt } = attempt
  const { icon, tone, word } = outcome === null ? shownStates.active : outcomes[outcome]
  const phases = phasesOf(attempt, now)
  const waited = phases.find(({ name }) => name === "waiting")?.seconds ?? 0
  const listed = phases.filter(({ isRunning, seconds }) => isRunning || seconds >= shortestPhase)
  return (
    <li className={`tone-${tone}`}>
      <Icon name={icon} />
      <div>
        Attempt {attempt.attempt}: {word}
        {replica === null ? null : <span className="muted"> · replica {replica}</span>}
        {error === null ? null : <p className="muted">{error.message}</p>}
        <ul className="phases">
          {listed.map(({ isRunning, name, seconds }) => (
            <li key={name}>
              <span className={`phase-key phase-${name}`} aria-hidden="true" /> {phaseWords[name]}{" "}
              <span className="muted">{isRunning ? "…" : duration(seconds)}</span>
            </li>
          ))}
        </ul>
      </div>
      <span className="muted number">
        {endedAt === null ? "…" : duration(secondsBetween(startedAt, endedAt))}
      </span>
      <Bar phases={phases} from={secondsBetween(job.createdAt, startedAt) - waited} total={total} />
    </li>
  )
}

/** The attempts of the job on one time axis. */
export const Timeline = ({ job }: { readonly job: Job }) => {
  const { attempts, createdAt, finishedAt, state } = job
  const now = useNow(isFinal(state) ? null : 1000)
  const total = Math.max(0.001, secondsBetween(createdAt, finishedAt ?? now))
  return (
    <section className="card stack" aria-label="Timeline">
      <div className="row spread">
        <h2>Timeline</h2>
        <span className="muted">
          created <Time time={createdAt} />
        </span>
      </div>
      <ol className="timeline">
        {attempts.map((attempt) => (
          <AttemptRow key={attempt.startedAt} job={job} attempt={attempt} now={now} total={total} />
        ))}
        {state === "active" || attempts.at(-1)?.outcome === state ? null : (
          <li className={`tone-${shownStates[state].tone}`}>
            <Icon name={shownStates[state].icon} />
            <div>{shownStates[state].word}</div>
            <span className="muted number">{isFinal(state) ? "" : "…"}</span>
          </li>
        )}
      </ol>
    </section>
  )
}
