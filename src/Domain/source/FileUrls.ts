import * as Schema from "effect/Schema"
import { SourceUrl } from "./SourceUrl.ts"

/** Most files of one load: one for each day of a year. */
export const maxFiles = 366

/** The first URL that a list has twice. */
const repeatedUrl = (urls: ReadonlyArray<string>): number => urls.findIndex((url, n) => urls.indexOf(url) < n)

/** The URLs of several files for one table, each once. */
const UrlList = Schema.Array(SourceUrl).check(
  Schema.isBetweenLength(1, maxFiles, {
    message: `fileUrl must be given once for each file, for 1 to ${maxFiles} files: post the others with mode=append`,
  }),
  Schema.makeFilter((urls: ReadonlyArray<string>) => {
    const repeated = repeatedUrl(urls)
    return repeated === -1
      ? true
      : `fileUrl ${repeated + 1} is the same as fileUrl ${urls.indexOf(urls[repeated]!) + 1}: give each file once`
  }),
)

/** The URL of the file of a load, or a list of those of several files, in the order in which they are loaded. */
export const FileUrls = Schema.Union([SourceUrl, UrlList])
export type FileUrls = typeof FileUrls.Type

/** The files of a load as jobs have them. */
export const requestedFiles = (
  urls: FileUrls,
): { readonly fileUrl: SourceUrl; readonly otherUrls?: ReadonlyArray<SourceUrl> } => {
  if (typeof urls === "string") return { fileUrl: urls }
  const [fileUrl, ...otherUrls] = urls
  return otherUrls.length === 0 ? { fileUrl: fileUrl! } : { fileUrl: fileUrl!, otherUrls }
}
