import { listSources } from "../../client/sources.ts"
import { usePolled } from "../../client/usePolled.ts"
import { PageLinks } from "../../components/controls/PageLinks.tsx"
import { PollNotice } from "../../components/notices/PollNotice.tsx"
import { Link } from "../../navigation/Link.tsx"
import { linkTo, type Place } from "../../navigation/place.ts"
import { SourceRow } from "./SourceRow.tsx"

const interval = 5000
const pageSize = 50
const shownRuns = 30

/** The sources, by their tables. */
export const SourceList = ({ place }: { readonly place: Place }) => {
  const after = place.query.get("after") ?? undefined
  const { again, latest, problem } = usePolled(
    after ?? "",
    (signal) => listSources({ after, limit: pageSize, runs: shownRuns }, signal),
    interval,
  )
  const page = latest?.value ?? null
  return (
    <div className="stack">
      <div className="row spread">
        <h1>Sources</h1>
        <Link className="button primary" href={linkTo(["sources", "new"])}>
          New source
        </Link>
      </div>
      <p className="muted">URLs that are loaded again when their files change.</p>
      <PollNotice problem={problem} isShown={page !== null} again={again} loading="Loading the sources…" />
      {page === null ? null : page.sources.length === 0 ? (
        <div className="empty">
          <h2>There are no sources yet</h2>
          <p>
            A source keeps a table current. <Link href={linkTo(["sources", "new"])}>Make one</Link> from the
            URL of a file.
          </p>
        </div>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="List of sources">
          <table className="table source-list">
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col">File</th>
                <th scope="col">Last result</th>
                <th scope="col">Last 30 runs</th>
                <th scope="col">Schedule</th>
              </tr>
            </thead>
            <tbody>
              {page.sources.map((source) => (
                <SourceRow key={source.sourceId} source={source} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <PageLinks
        first={after === undefined ? null : linkTo(["sources"])}
        next={
          page === null || page.next === null
            ? null
            : linkTo(["sources"], new URLSearchParams({ after: page.next }))
        }
      />
    </div>
  )
}
