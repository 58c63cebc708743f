import type { SourceUrl } from "../SourceUrl.ts"
import { masked, type UrlMasking } from "./UrlMasking.ts"

/**
 * The URLs of a job's files as they may be shown. No two are the same: those that differ in secrets only get the number of their
 * file, from 1, as `…#2`.
 */
export const shownUrls = (urls: ReadonlyArray<SourceUrl>, masking: UrlMasking): ReadonlyArray<string> => {
  const shown = urls.map((url) => masked(url, masking))
  const counts = new Map<string, number>()
  for (const url of shown) counts.set(url, (counts.get(url) ?? 0) + 1)
  return shown.map((url, index) => (counts.get(url) === 1 ? url : `${url}#${index + 1}`))
}
