import * as Schema from "effect/Schema"
import type { SourceUrl } from "./SourceUrl.ts"

const scheme = "upload:"
const maxNameLength = 255

/** Whether this stands for a file that the client of `/upload` sent, and that nobody can fetch again. */
export const isUpload = (fileUrl: string): boolean => fileUrl.startsWith(scheme)

/** Stands in a job for the URL of an uploaded file. No request can give it, because it is neither http nor https. */
export const UploadUrl = Schema.String.check(Schema.makeFilter(isUpload)).pipe(Schema.brand("SourceUrl"))

/** `upload:` and the percent-encoded name of the file, without its folders; `upload:` alone if the client gave no name. */
export const uploadUrl = (fileName: string | null): SourceUrl => {
  const name = (fileName ?? "").toWellFormed().split(/[\\/]/).at(-1) ?? ""
  return UploadUrl.make(scheme + encodeURIComponent(name.slice(0, maxNameLength).toWellFormed()))
}
