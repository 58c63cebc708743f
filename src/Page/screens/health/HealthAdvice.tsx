import type { Health } from "../../client/health.ts"
import { Notice } from "../../components/notices/Notice.tsx"
import { counted } from "../../format/numbers.ts"
import { duration } from "../../format/times.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"
import { slotsOf, takingJobs } from "./slotsOf.ts"

/** A job should not wait for longer, in seconds. */
const longWait = 60
/** Above this share of failed jobs, something other than a single file is wrong. */
const highErrorRate = 0.2

/** What is wrong, if anything is, and the next step. */
export const HealthAdvice = ({ health }: { readonly health: Health }) => {
  const { queue, recent, targets } = health
  const silent = targets.filter(({ available }) => !available)
  const { all, used } = slotsOf(health)
  const ended = recent.completed + recent.failed
  if (takingJobs(health).length === 0)
    return (
      <Notice tone="bad" title="No worker takes jobs">
        <p>
          {counted(queue.waiting, "job")} may be claimed, and nobody does. Start a worker:{" "}
          <code>npm run start:worker</code>
        </p>
      </Notice>
    )
  if (silent.length > 0)
    return (
      <Notice tone="bad" title={`No response from ${silent.map(({ target }) => target).join(", ")}`}>
        <p>Tables there can be neither loaded nor read. Jobs of other databases continue.</p>
      </Notice>
    )
  if (queue.oldestAge > longWait)
    return (
      <Notice tone="warn" title={`The oldest job has waited for ${duration(queue.oldestAge)}`}>
        <p>
          {used >= all
            ? "All slots are used. Start another worker, or raise WORKER_CONCURRENCY."
            : "There are free slots, so a limit of its caller holds it back, or the workers cannot reach the database."}
        </p>
      </Notice>
    )
  if (recent.failed > 2 && recent.failed > highErrorRate * ended)
    return (
      <Notice
        tone="warn"
        title={`${counted(recent.failed, "job")} of ${ended} failed in ${recent.minutes} minutes`}
      >
        <p>
          <Link href={linkTo(["jobs"], new URLSearchParams({ state: "failed" }))}>Show failed jobs</Link>
        </p>
      </Notice>
    )
  return (
    <Notice tone="good">
      <p>Workers take jobs as they come.</p>
    </Notice>
  )
}
