import { StateBadge } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { type Run, resultOf } from "./describeSource.ts"

/** How the latest run ended, or what it does. */
export const LastResult = ({ run }: { readonly run: Run | undefined }) => {
  if (run === undefined) return <span className="muted">no run yet</span>
  const { createdAt, finishedAt, state, unchanged } = run
  return (
    <>
      <StateBadge state={state} />
      <p className="muted">
        {state === "completed" || unchanged ? `${resultOf(run)}, ` : ""}
        <Time time={finishedAt ?? createdAt} />
      </p>
    </>
  )
}
