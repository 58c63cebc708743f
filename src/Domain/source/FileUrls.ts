import * as Schema from "effect/Schema"
import { fileOfShareLink } from "./ShareLink.ts"
import { SourceUrl } from "./SourceUrl.ts"

/** Most files of one load: one for each day of a year. */
export const maxFiles = 366

/** The URL that is requested, in its normal form. Servers do not get the fragment. */
const requested = (text: string): string => {
  const url = URL.parse(fileOfShareLink(text) ?? text)
  if (url === null) return text
  url.hash = ""
  return url.href
}

/** The URLs of several files for one table, each once. */
const UrlList = Schema.Array(SourceUrl).check(
  Schema.isBetweenLength(1, maxFiles, {
    message: `fileUrl must be given once for each file, for 1 to ${maxFiles} files: post the others with mode=append`,
  }),
  Schema.makeFilter((urls: ReadonlyArray<string>) => {
    const files = urls.map(requested)
    const repeated = files.findIndex((file, index) => files.indexOf(file) < index)
    return repeated === -1
      ? true
      : `file ${repeated + 1} is the same as file ${files.indexOf(files[repeated]!) + 1}: give each file once`
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
