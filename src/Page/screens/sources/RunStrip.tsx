import { exactTime } from "../../format/times.ts"
import { type Run, resultOf } from "./describeSource.ts"

const kindOf = ({ state, unchanged }: Run): string => (unchanged ? "unchanged" : state)

/** Words for people who do not see the strip: `30 runs: 28 completed, 2 failed`. */
const summaryOf = (runs: ReadonlyArray<Run>): string =>
  `${runs.length} latest runs: ${[...Map.groupBy(runs, kindOf)]
    .map(([kind, { length }]) => `${length} ${kind}`)
    .join(", ")}`

/** The latest runs, oldest first: a bar for each, whose height and colour show how it ended. */
export const RunStrip = ({ runs }: { readonly runs: ReadonlyArray<Run> }) => (
  <div className="run-strip" role="img" aria-label={summaryOf(runs)}>
    {runs.toReversed().map((run) => (
      <span
        key={run.jobId}
        className={`run-${kindOf(run)}`}
        title={`${resultOf(run)}, ${exactTime(run.createdAt)}`}
      />
    ))}
  </div>
)
