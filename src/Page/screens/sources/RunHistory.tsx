import { StateBadge } from "../../components/StateBadge.tsx"
import { Time } from "../../components/Time.tsx"
import { duration, secondsBetween } from "../../format/times.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo } from "../../navigation/place.ts"
import { type Run, resultOf } from "./describeSource.ts"

/** The latest runs, newest first. */
export const RunHistory = (props: { readonly sourceId: string; readonly runs: ReadonlyArray<Run> }) => {
  const { runs, sourceId } = props
  return (
    <section className="stack" aria-label="Runs">
      <div className="row spread">
        <h2>Latest runs</h2>
        <Link href={linkTo(["jobs"], new URLSearchParams({ sourceId }))}>All runs</Link>
      </div>
      {runs.length === 0 ? (
        <div className="empty">
          <p>There is no run yet. “Refresh now” starts one.</p>
        </div>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Latest runs">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Result</th>
                <th scope="col" className="number">
                  Duration
                </th>
                <th scope="col" className="number">
                  Created
                </th>
                <th scope="col">Job</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.jobId}>
                  <td>
                    <StateBadge state={run.state} />
                  </td>
                  <td className="text">{run.state === "completed" ? resultOf(run) : (run.error ?? "")}</td>
                  <td className="number">
                    {run.finishedAt === null ? "–" : duration(secondsBetween(run.createdAt, run.finishedAt))}
                  </td>
                  <td className="number">
                    <Time time={run.createdAt} />
                  </td>
                  <td>
                    <Link href={linkTo(["job", run.jobId])} className="mono">
                      {run.jobId.slice(0, 8)}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
