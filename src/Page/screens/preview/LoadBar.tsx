import { useMemo, useState } from "react"
import { createJob } from "../../client/jobs.ts"
import type { Preview } from "../../client/preview.ts"
import type { Problem } from "../../client/http/Problem.ts"
import { rememberRequest } from "../../client/tab/rememberedRequest.ts"
import { upload, useUpload } from "../../client/upload.ts"
import { ProblemNotice } from "../../components/notices/ProblemNotice.tsx"
import { Link } from "../../navigation/Link.tsx"
import { goTo, linkTo } from "../../navigation/place.ts"
import { formOf, headersIn, uploadQuery, type WrittenOptions } from "../../options/LoadForm.ts"
import { createsTable, loadAction, newTableName } from "./loadAction.ts"
import type { PreviewedFile } from "./PreviewedFile.ts"

/** Says what the load will do, and does it. */
export const LoadBar = (props: {
  readonly previewed: PreviewedFile
  readonly preview: Preview
  readonly options: WrittenOptions
  readonly onChange: (options: WrittenOptions) => void
  /** Whether the file is being read again. */
  readonly isReading: boolean
}) => {
  const { isReading, onChange, options, preview, previewed } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isSending, setIsSending] = useState(false)
  const isUploading = useUpload() !== null
  const freeName = useMemo(
    () => newTableName(preview.suggestedTableName, Math.floor(Date.now() / 1000)),
    [preview.suggestedTableName],
  )
  const given = (options["tableName"] ?? "").trim()
  const isNew = createsTable(options)
  const table = given !== "" ? given : isNew ? freeName : ""
  const sent = { ...options, tableName: table }

  const load = async () => {
    setIsSending(true)
    setProblem(null)
    const { fileUrl } = previewed
    const source = fileUrl === undefined ? { file: previewed.file.name } : { fileUrl }
    const answer =
      previewed.fileUrl === undefined
        ? await upload(previewed.file, uploadQuery(sent))
        : await createJob(formOf(previewed.fileUrl, sent))
    setIsSending(false)
    const jobId = answer._tag === "Success" ? answer.value.jobId : answer.problem.jobId
    // An upload that failed has a job, which explains why. One that waits for another job has that job's id.
    if (jobId !== undefined && (answer._tag === "Success" || answer.problem.loadError !== undefined)) {
      rememberRequest(jobId, { file: source, headers: headersIn(options) })
      goTo(linkTo(["job", jobId]))
    } else if (answer._tag === "Failure") setProblem(answer.problem)
  }

  return (
    <div className="stack load-bar">
      {problem === null ? null : (
        <ProblemNotice problem={problem}>
          {problem.code === "upload_unknown" ? (
            <p>
              <Link href={linkTo(["jobs"])}>Show the jobs</Link>
            </p>
          ) : null}
          {problem.code === "table_name_taken" ? (
            <div className="row">
              <button
                type="button"
                className="button small"
                onClick={() => onChange({ ...options, tableName: freeName })}
              >
                Use {freeName}
              </button>
              {isNew ? (
                <>
                  <button
                    type="button"
                    className="button small"
                    onClick={() => onChange({ ...options, mode: "append" })}
                  >
                    Append to {table}
                  </button>
                  <button
                    type="button"
                    className="button small"
                    onClick={() => onChange({ ...options, mode: "replace" })}
                  >
                    Replace its rows
                  </button>
                </>
              ) : null}
            </div>
          ) : null}
        </ProblemNotice>
      )}
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={isReading || isSending || isUploading || table === ""}
          onClick={load}
        >
          {isSending ? "Sending…" : table === "" ? "Give the name of the table" : loadAction(options, table)}
        </button>
        {isReading ? <span className="muted">Reading the file again…</span> : null}
        {table === "" ? (
          <span className="muted">This mode loads into a table that exists: give its name above.</span>
        ) : null}
      </div>
    </div>
  )
}
