import type { ReactNode } from "react"
import type { Health } from "../../client/health.ts"
import { count, counted, percent } from "../../format/numbers.ts"
import { duration } from "../../format/times.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"
import { Sparkline } from "./Sparkline.tsx"
import { slotsOf } from "./slotsOf.ts"

const Figure = (props: {
  readonly name: string
  readonly value: string
  readonly note: ReactNode
  /** The figure at each reading. */
  readonly curve?: ReadonlyArray<number>
}) => (
  <div className="card figure">
    <dt>{props.name}</dt>
    <dd>
      <strong>{props.value}</strong>
      <p className="muted">{props.note}</p>
      {props.curve === undefined ? null : <Sparkline values={props.curve} />}
    </dd>
  </div>
)

const jobsIn = (state: string, text: string) => (
  <Link href={linkTo(["jobs"], new URLSearchParams({ state }))}>{text}</Link>
)

/** The figures, with how they changed since the screen was opened. */
export const HealthFigures = (props: {
  readonly health: Health
  readonly readings: ReadonlyArray<Health>
}) => {
  const { health, readings } = props
  const { queue, recent, rowsPerSecond } = health
  const { all, used } = slotsOf(health)
  const ended = recent.completed + recent.failed
  return (
    <dl className="figures">
      <Figure
        name="Queue"
        value={count(queue.waiting)}
        note={
          <>
            {jobsIn("created", "waiting")}
            {queue.waitingForHost > 0 ? `, ${count(queue.waitingForHost)} for their host` : ""}
            {queue.waitingForTarget > 0 ? `, ${count(queue.waitingForTarget)} for their database` : ""},{" "}
            {count(queue.retrying)} {jobsIn("retry", "waiting to retry")}
          </>
        }
        curve={readings.map(({ queue }) => queue.waiting)}
      />
      <Figure
        name="Oldest waiting job"
        value={queue.waiting === 0 ? "–" : duration(queue.oldestAge)}
        note={queue.waiting === 0 ? "no job waits" : "since it could be claimed"}
      />
      <Figure
        name="Slots"
        value={`${count(used)} of ${count(all)}`}
        note={<>used, {jobsIn("active", "show running jobs")}</>}
        curve={readings.map((reading) => slotsOf(reading).used)}
      />
      <Figure
        name="Rows per second"
        value={count(rowsPerSecond)}
        note="of running jobs"
        curve={readings.map((reading) => reading.rowsPerSecond)}
      />
      <Figure
        name="Error rate"
        value={ended === 0 ? "–" : percent((recent.failed / ended) * 100)}
        note={
          <>
            {count(recent.failed)} of {count(ended)} {jobsIn("failed", "failed")} in {recent.minutes} minutes
          </>
        }
      />
      <Figure
        name="Rows loaded"
        value={count(recent.rowsLoaded)}
        note={`by ${counted(recent.completed, "job")} in ${recent.minutes} minutes`}
      />
    </dl>
  )
}
