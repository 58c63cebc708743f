import { fileOfShareLink } from "../ShareLink.ts"
import { masked, type UrlMasking } from "./UrlMasking.ts"

/**
 * The URL of the file that a share link means, to be shown; `null` for any other URL. The parameters that lead from the
 * share link to the file are shown, because they are the same for everyone.
 */
export const requestedUrl = (fileUrl: string, masking: UrlMasking): string | null => {
  const file = fileOfShareLink(fileUrl)
  return file === null ? null : (fileOfShareLink(masked(fileUrl, masking)) ?? masked(file, masking))
}
