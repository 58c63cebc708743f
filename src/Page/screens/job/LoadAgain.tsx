import type { Job } from "../../client/jobs.ts"
import { rememberedRequest } from "../../client/tab/rememberedRequest.ts"
import { fileNameOf, isUpload } from "../../format/shorten.ts"
import { goTo, linkTo } from "../../navigation/place.ts"
import { queryOf } from "../../options/LoadForm.ts"
import { secretOptions, writtenOptions } from "../../options/writtenOptions.ts"
import { repeatedOptions } from "./repeatedOptions.ts"

/**
 * Leads to the preview of the same file, with the options of the job. Only the tab that made the job has the secrets of the request. The
 * preview has one file, so a job with several cannot be repeated by it: with `mode=replace` the rows of the other files would be deleted.
 */
export const LoadAgain = ({ job }: { readonly job: Job }) => {
  const { fileUrl, fileUrls, jobId, sourceId } = job
  if (sourceId !== null || fileUrls.length > 1) return null
  const request = rememberedRequest(jobId)
  const isUrlSecret = request === null && fileUrl.includes("***")
  const leftOut = [
    ...(isUrlSecret ? ["the URL"] : []),
    ...secretOptions(job.options).filter((name) => request === null || name !== "headers"),
  ]
  const again = () => {
    const options = writtenOptions(repeatedOptions(job))
    if (request !== null)
      return goTo(linkTo(["preview"], queryOf(request.file, options)), { headers: request.headers })
    if (isUrlSecret) return goTo(linkTo([], queryOf({}, options)))
    const file = isUpload(fileUrl) ? { file: fileNameOf(fileUrl) } : { fileUrl }
    goTo(linkTo(["preview"], queryOf(file, options)))
  }
  return (
    <>
      <button type="button" className="button" onClick={again}>
        {job.state === "failed" ? "Correct and load again" : "Load again"}
      </button>
      {leftOut.length === 0 ? null : (
        <span className="muted">without {leftOut.join(" and ")}: this page does not have the secrets</span>
      )}
    </>
  )
}
