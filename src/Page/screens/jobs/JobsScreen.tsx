import { PageLinks } from "../../components/controls/PageLinks.tsx"
import { PollNotice } from "../../components/notices/PollNotice.tsx"
import { counted } from "../../format/numbers.ts"
import { Link } from "../../navigation/Link.tsx"
import { linkTo, type Place, replacePlace } from "../../navigation/place.ts"
import { FilterBar } from "./FilterBar.tsx"
import { filterIn, filterNames, withFilter, withPlace } from "./jobFilter.ts"
import { JobRow } from "./JobRow.tsx"
import { useJobList } from "./useJobList.ts"
import "./jobs.css"

const NoJobs = ({ hasMore, isFiltered }: { readonly hasMore: boolean; readonly isFiltered: boolean }) =>
  hasMore ? (
    <div className="empty">
      <h2>None of the jobs examined so far matches these filters</h2>
      <p>Search older ones below, or use a filter that fewer jobs have.</p>
    </div>
  ) : isFiltered ? (
    <div className="empty">
      <h2>No job matches these filters</h2>
      <p>
        <Link href={linkTo(["jobs"])}>Clear the filters</Link> to see all jobs.
      </p>
    </div>
  ) : (
    <div className="empty">
      <h2>There are no jobs yet</h2>
      <p>
        <Link href={linkTo([])}>Load a file</Link>, and its job appears here.
      </p>
    </div>
  )

/** The jobs, newest first. The filters and the page of the list are in the URL. */
export const JobsScreen = ({ place }: { readonly place: Place }) => {
  const filter = filterIn(place.query)
  const { again, change, isOld, newJobs, page, problem, showNew } = useJobList(filter)
  const isFiltered = filterNames.some((name) => filter.has(name))
  const isRefused = problem?.status === 400
  const isFirst = !filter.has("after")
  return (
    <div className="stack">
      <h1>Jobs</h1>
      <FilterBar
        query={filter}
        onChange={(name, value) => replacePlace(linkTo(["jobs"], withFilter(place.query, name, value)))}
      />
      <div className="row spread job-news">
        <span className="muted">Newest first</span>
        <span aria-live="polite">
          {newJobs === 0 || !isFirst ? null : (
            <button type="button" className="button small" onClick={showNew}>
              {counted(newJobs, "new job")}
            </button>
          )}
        </span>
      </div>
      <PollNotice
        problem={problem}
        isShown={page !== null && !isRefused}
        again={again}
        loading="Loading the jobs…"
      >
        {isRefused ? (
          <p>
            Change the filter, or <Link href={linkTo(["jobs"])}>clear all filters</Link>.
          </p>
        ) : null}
      </PollNotice>
      {page === null ? null : page.jobs.length === 0 && !isOld ? (
        <NoJobs hasMore={page.next !== null} isFiltered={isFiltered || !isFirst} />
      ) : (
        <div
          className={`scroll ${isOld ? "old" : ""}`}
          tabIndex={0}
          role="region"
          aria-label="List of jobs"
          aria-busy={isOld}
        >
          <table className="table job-list cards">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Table</th>
                <th scope="col">File</th>
                <th scope="col" className="number">
                  Rows
                </th>
                <th scope="col">Duration</th>
                <th scope="col" className="number">
                  Created
                </th>
              </tr>
            </thead>
            <tbody>
              {page.jobs.map((job) => (
                <JobRow key={job.jobId} job={job} onChange={change} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <PageLinks
        first={isFirst ? null : linkTo(["jobs"], withPlace(place.query, null))}
        next={
          page === null || page.next === null ? null : linkTo(["jobs"], withPlace(place.query, page.next))
        }
        firstLabel="Newest"
        nextLabel="Older"
      />
    </div>
  )
}
