import type { Job } from "../../client/jobs.ts"
import { rememberedRequest } from "../../client/tab/rememberedRequest.ts"
import { fileNameOf } from "../../format/shorten.ts"
import { goTo, linkTo } from "../../navigation/place.ts"
import { queryOf } from "../../options/LoadForm.ts"
import { writtenOptions } from "../../options/writtenOptions.ts"
import { repeatedOptions } from "./curlOf.ts"

/**
 * Leads to the preview of the same file, with the options of the job. Only the tab that made the job has the secrets of the request. The
 * preview has one file, so a job with several cannot be repeated by it: with `mode=replace` the rows of the other files would be deleted.
 */
export const LoadAgain = ({ job }: { readonly job: Job }) => {
  const { fileUrl, fileUrls, jobId, sourceId } = job
  const again = () => {
    const options = writtenOptions(repeatedOptions(job))
    const request = rememberedRequest(jobId)
    if (request !== null)
      return goTo(linkTo(["preview"], queryOf(request.file, options)), { headers: request.headers })
    if (fileUrl.includes("***")) return goTo(linkTo([], queryOf({}, options)))
    const file = fileUrl.startsWith("upload:") ? { file: fileNameOf(fileUrl) } : { fileUrl }
    goTo(linkTo(["preview"], queryOf(file, options)))
  }
  return (
    <button
      type="button"
      className="button"
      onClick={again}
      hidden={sourceId !== null || fileUrls.length > 1}
    >
      {job.state === "failed" ? "Correct and load again" : "Load again"}
    </button>
  )
}
