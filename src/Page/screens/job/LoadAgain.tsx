import type { Job } from "../../client/jobs.ts"
import { rememberedRequest } from "../../client/tab/rememberedRequest.ts"
import { goTo, linkTo } from "../../navigation/place.ts"

/**
 * Leads to the preview of the same file, with the options of the job if this tab made it. The preview has one file, so a job with
 * several cannot be repeated by it: with `mode=replace` the rows of the other files would be deleted.
 */
export const LoadAgain = ({ job }: { readonly job: Job }) => {
  const { fileUrl, fileUrls, jobId, mode, sourceId, table } = job
  const isUpload = fileUrl.startsWith("upload:")
  const hasSecrets = fileUrl.includes("***")
  const again = () => {
    const request = rememberedRequest(jobId)
    if (request !== null) {
      const query = new URLSearchParams(request.query)
      // A table that exists by now takes another name.
      if (mode === "create") query.delete("tableName")
      return goTo(linkTo(["preview"], query), { headers: request.headers })
    }
    const options = mode === "create" ? {} : { mode, tableName: table }
    if (isUpload || hasSecrets) return goTo(linkTo([], new URLSearchParams(options)))
    goTo(linkTo(["preview"], new URLSearchParams({ fileUrl, ...options })))
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
