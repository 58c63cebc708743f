import { hasApiKey } from "../../client/http/apiKey.ts"
import type { Job } from "../../client/jobs.ts"
import { fileNameOf } from "../../format/shorten.ts"
import { uploadQuery } from "../../options/LoadForm.ts"
import { secretOptions, writtenOptions } from "../../options/writtenOptions.ts"

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The options of the job for another one: the name of a new table is taken by now. */
export const repeatedOptions = ({ mode, options }: Job): Job["options"] => {
  const { tableName, ...others } = options
  return mode === "create" || tableName === undefined ? others : options
}

/** Commands that load the files in the same way, and follow the job. Secrets in them are `***`. */
export const curlOf = (job: Job): string => {
  const origin = new URL(".", location.href).href.replace(/\/$/, "")
  const key = hasApiKey() ? ` -H "authorization: Bearer $SLUICE_API_KEY"` : ""
  const options = repeatedOptions(job)
  const { fileUrl, fileUrls, jobId } = job
  const masked = secretOptions(options).map((name) => [name, options[name]])
  const query = uploadQuery({ ...writtenOptions(options), ...Object.fromEntries(masked) }).toString()
  const request = { fileUrl: fileUrls.length === 1 ? fileUrl : fileUrls, ...options }
  const load = fileUrl.startsWith("upload:")
    ? `curl${key} -T ${quoted(fileNameOf(fileUrl))} ${quoted(`${origin}/upload/${query === "" ? "" : `?${query}`}`)}`
    : `curl${key} -H 'content-type: application/json' ${origin}/download_file -d ${quoted(JSON.stringify(request, null, 2))}`
  return `${load}\n\ncurl${key} ${quoted(`${origin}/job_status?jobId=${jobId}`)}`
}
