/** Cuts a long text in its middle, so that its beginning and its end stay: `https://exam…/trips.csv`. */
export const shorten = (text: string, length: number): string => {
  if (text.length <= length) return text
  const end = Math.floor((length - 1) * 0.6)
  return `${text.slice(0, length - 1 - end)}…${text.slice(-end)}`
}

const uploadScheme = "upload:"

/** Whether a file was sent to the service, and has no other URL. */
export const isUpload = (fileUrl: string): boolean => fileUrl.startsWith(uploadScheme)

/** A file's name in words: the last part of its URL, or the name of an uploaded file. */
export const fileNameOf = (fileUrl: string): string => {
  const path = isUpload(fileUrl)
    ? fileUrl.slice(uploadScheme.length)
    : (URL.parse(fileUrl)?.pathname ?? fileUrl)
  const last = path.split("/").findLast((part) => part !== "") ?? ""
  try {
    return decodeURIComponent(last) || (isUpload(fileUrl) ? "uploaded file" : fileUrl)
  } catch {
    return last
  }
}
