import { hasApiKey } from "../../../client/http/apiKey.ts"
import type { Job } from "../../../client/jobs.ts"
import { curlWith, shellQuoted } from "../../../format/curl.ts"
import { fileNameOf, isUpload } from "../../../format/shorten.ts"
import { uploadQuery } from "../../../options/LoadForm.ts"
import { writtenOptions } from "../../../options/writtenOptions.ts"
import { repeatedOptions } from "../repeatedOptions.ts"

/** Commands that load the files in the same way, and follow the job. Secrets in them are `***`. */
export const curlOf = (job: Job): string => {
  const origin = new URL(".", location.href).href.replace(/\/$/, "")
  const curl = curlWith(hasApiKey())
  const options = repeatedOptions(job)
  const { fileUrl, fileUrls, jobId } = job
  const { callbackUrl = "" } = options
  const query = uploadQuery({ ...writtenOptions(options), callbackUrl }).toString()
  const request = { fileUrl: fileUrls.length === 1 ? fileUrl : fileUrls, ...options }
  const load = isUpload(fileUrl)
    ? `${curl} -T ${shellQuoted(fileNameOf(fileUrl))} ${shellQuoted(`${origin}/upload/${query === "" ? "" : `?${query}`}`)}`
    : `${curl} -H 'content-type: application/json' ${origin}/download_file -d ${shellQuoted(JSON.stringify(request, null, 2))}`
  return `${load}\n\n${curl} ${shellQuoted(`${origin}/job_status?jobId=${jobId}`)}`
}
