import type { PreviewResource } from "../../Api/contract/PreviewApi.ts"
import { ask } from "./http/request.ts"

/** How the beginning of a file would be read. */
export type Preview = typeof PreviewResource.Encoded

/** More than the service reads for a preview. */
const beginning = 4 * 1024 * 1024

/** Shows how the file of a URL would be read. */
export const previewUrl = (form: URLSearchParams, signal: AbortSignal) =>
  ask<Preview>("preview", { method: "POST", body: form, signal })

/** Shows how a file of this computer would be read. Only its beginning is sent. */
export const previewFile = (file: File, query: URLSearchParams, signal: AbortSignal) =>
  ask<Preview>(`preview/${encodeURIComponent(file.name)}`, {
    method: "PUT",
    query,
    body: file.slice(0, beginning),
    signal,
  })
