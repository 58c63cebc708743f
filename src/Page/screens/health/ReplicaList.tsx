import type { Health } from "../../client/health.ts"
import { Time } from "../../components/Time.tsx"
import { ProgressBar } from "../../components/ProgressBar.tsx"
import { count } from "../../format/numbers.ts"

/** The workers. */
export const ReplicaList = ({ replicas }: { readonly replicas: Health["replicas"] }) => (
  <section className="stack" aria-label="Workers">
    <h2>Workers</h2>
    {replicas.length === 0 ? (
      <div className="empty">
        <p>No worker runs. Each one appears here when it starts.</p>
      </div>
    ) : (
      <div className="scroll" tabIndex={0} role="region" aria-label="List of workers">
        <table className="table replica-list">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">Started</th>
              <th scope="col" className="number">
                Jobs
              </th>
              <th scope="col" className="number">
                Slots
              </th>
              <th scope="col">Used</th>
            </tr>
          </thead>
          <tbody>
            {replicas.map(({ draining, replica, slots, startedAt, used }) => (
              <tr key={replica}>
                <td>
                  {replica}
                  {draining ? " (stopping)" : ""}
                </td>
                <td>{startedAt === null ? "–" : <Time time={startedAt} />}</td>
                <td className="number">{count(used)}</td>
                <td className="number">{slots === null ? "–" : count(slots)}</td>
                <td className="replica-used">
                  <ProgressBar
                    label={`Used slots of worker ${replica}`}
                    tone="accent"
                    percent={slots === null || slots === 0 ? 0 : Math.min(100, (used / slots) * 100)}
                    isMoving={false}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
)
