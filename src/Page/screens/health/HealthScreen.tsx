import { useEffect, useState } from "react"
import { type Health, healthSummary } from "../../client/health.ts"
import { usePolled } from "../../client/usePolled.ts"
import { PollNotice } from "../../components/notices/PollNotice.tsx"
import { HealthAdvice } from "./HealthAdvice.tsx"
import { HealthFigures } from "./HealthFigures.tsx"
import { ReplicaList } from "./ReplicaList.tsx"
import "./health.css"

const interval = 2000
/** About four minutes. */
const maxReadings = 120

/** The readings since the screen was opened, for the small curves. */
const useReadings = (health: Health | null): ReadonlyArray<Health> => {
  const [readings, setReadings] = useState<ReadonlyArray<Health>>([])
  useEffect(() => {
    if (health !== null) setReadings((before) => [...before, health].slice(-maxReadings))
  }, [health])
  return readings
}

/** The queue, the workers and recent results of the whole service. */
export const HealthScreen = () => {
  const { again, latest, problem } = usePolled("health", healthSummary, interval)
  const health = latest?.value ?? null
  const readings = useReadings(health)
  return (
    <div className="stack wide-stack">
      <div>
        <h1>Health</h1>
        <p className="muted">The whole service, over all callers.</p>
      </div>
      <PollNotice problem={problem} isShown={health !== null} again={again} loading="Reading the figures…">
        {problem?.status === 403 ? <p>These figures need a key with the scope “metrics”.</p> : null}
      </PollNotice>
      {health === null ? null : (
        <>
          <HealthAdvice health={health} />
          <HealthFigures health={health} readings={readings} />
          <ReplicaList replicas={health.replicas} />
        </>
      )}
    </div>
  )
}
