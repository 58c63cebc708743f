import { useState } from "react"
import { type Job, jobRejects, rejectedSourceUrl, rejectsUrl } from "../../../client/jobs.ts"
import { useAnswer } from "../../../client/useAnswer.ts"
import { DownloadLink } from "../../../components/controls/DownloadLink.tsx"
import { FileName } from "../../../components/FileName.tsx"
import { ProblemNotice } from "../../../components/notices/ProblemNotice.tsx"
import { count } from "../../../format/numbers.ts"
import { fileNameOf, shorten } from "../../../format/shorten.ts"

const nothing = (job: Job): string => {
  if (job.state === "completed") return "Every record of the file became a row."
  if (job.state === "failed" || job.state === "cancelled")
    return "A job that loaded nothing keeps no rejects. The error above names the first record that did not fit."
  return "Rejected records appear here when the job has completed."
}

/** The records that could not be loaded, a page at a time, and their download. */
export const RejectsTab = ({ job }: { readonly job: Job }) => {
  const { files, jobId, progress, state } = job
  const [pages, setPages] = useState<ReadonlyArray<number | undefined>>([undefined])
  const after = pages.at(-1)
  const hasRejects = state === "completed" && progress.rowsRejected > 0
  const { again, answer } = useAnswer(hasRejects ? `${jobId} ${after}` : null, (signal) =>
    jobRejects(jobId, after, signal),
  )
  if (!hasRejects) return <div className="empty">{nothing(job)}</div>
  if (answer === null) return <p className="muted">Loading the rejects…</p>
  if (answer._tag === "Failure") return <ProblemNotice problem={answer.problem} again={again} />
  const { next, rejects } = answer.value
  return (
    <div className="stack">
      <div className="row">
        <DownloadLink href={rejectsUrl(jobId)} name={`${job.table}_rejects.csv`}>
          Download as CSV
        </DownloadLink>
        {files === null ? (
          <DownloadLink href={rejectedSourceUrl(jobId)} name={`${job.table}_rejected_source.csv`}>
            Download as in the file
          </DownloadLink>
        ) : (
          files.map(({ fileUrl, rejected }, place) =>
            rejected === 0 ? null : (
              <DownloadLink
                key={place}
                href={rejectedSourceUrl(jobId, place + 1)}
                name={`${job.table}_rejected_source_${place + 1}.csv`}
              >
                Download as in {shorten(fileNameOf(fileUrl), 36)}
              </DownloadLink>
            ),
          )
        )}
        <span className="muted">
          To add these records, download them as in the file, correct them, and load the download with
          “append”.
        </span>
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label="Rejected records">
        <table className="table">
          <thead>
            <tr>
              {files === null ? null : <th scope="col">File</th>}
              <th scope="col" className="number">
                Line
              </th>
              <th scope="col">Reason</th>
              <th scope="col">Text</th>
            </tr>
          </thead>
          <tbody>
            {rejects.map(({ fileUrl, line, message, raw, reason, record }) => (
              <tr key={`${fileUrl} ${record}`}>
                {fileUrl === null ? null : (
                  <td>
                    <FileName fileUrl={fileUrl} />
                  </td>
                )}
                <td className="number">{count(line)}</td>
                <td className="text">
                  {message}
                  <div className="muted mono">{reason}</div>
                </td>
                <td className="text mono" title={raw}>
                  {shorten(raw, 300)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="row">
        {pages.length > 1 ? (
          <button type="button" className="button" onClick={() => setPages(pages.slice(0, -1))}>
            Previous
          </button>
        ) : null}
        {next === null ? null : (
          <button type="button" className="button" onClick={() => setPages([...pages, next])}>
            Next
          </button>
        )}
      </div>
    </div>
  )
}
