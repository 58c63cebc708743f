import { hasApiKey } from "../../client/http/apiKey.ts"
import type { Job } from "../../client/jobs.ts"
import type { RememberedRequest } from "../../client/tab/rememberedRequest.ts"
import { fileNameOf } from "../../format/shorten.ts"

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const optionsOf = (job: Job, request: RememberedRequest | null): ReadonlyArray<readonly [string, string]> => {
  if (request !== null)
    return [
      ...new URLSearchParams(request.query),
      // The values are secret.
      ...request.headers.map((header) => ["headers", header.replace(/:.*/s, ": …")] as const),
    ]
  return job.mode === "create" ? [] : Object.entries({ mode: job.mode, tableName: job.table })
}

/** Commands that load the files in the same way, and follow the job. */
export const curlOf = (job: Job, request: RememberedRequest | null): string => {
  const origin = new URL(".", location.href).href.replace(/\/$/, "")
  const key = hasApiKey() ? ` -H "authorization: Bearer $SLUICE_API_KEY"` : ""
  const options = optionsOf(job, request).filter(([name]) => name !== "fileUrl" && name !== "file")
  const fileUrls = request === null ? job.fileUrls : new URLSearchParams(request.query).getAll("fileUrl")
  const isUpload = job.fileUrl.startsWith("upload:")
  const load = isUpload
    ? `curl${key} -T ${quoted(fileNameOf(job.fileUrl))} ${quoted(
        `${origin}/upload/?${new URLSearchParams(options.map(([name, value]) => [name, value]))}`,
      )}`
    : [
        `curl${key} ${origin}/download_file`,
        ...[...fileUrls.map((fileUrl) => ["fileUrl", fileUrl] as const), ...options].map(
          ([name, value]) => `  --data-urlencode ${quoted(`${name}=${value}`)}`,
        ),
      ].join(" \\\n")
  return `${load}\n\ncurl${key} ${quoted(`${origin}/job_status?jobId=${job.jobId}`)}`
}
