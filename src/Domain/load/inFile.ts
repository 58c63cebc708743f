import type { BatchFile } from "./CopyBatch.ts"
import type { LoadError } from "./LoadError.ts"
import type { LoadWarning } from "./LoadWarning.ts"

/** A message about one of several files. */
export const messageInFile = (url: string, message: string): string => `In ${url}: ${message}`

/** The error with its file named, if the load has several. */
export const inFile = (error: LoadError, file: Pick<BatchFile, "url"> | undefined): LoadError =>
  file === undefined
    ? error
    : error.withMessage(messageInFile(file.url, error.message)).at({ fileUrl: file.url })

/** The warning with its file named. */
export const warningInFile = (warning: LoadWarning, url: string): LoadWarning => ({
  ...warning,
  message: messageInFile(url, warning.message),
})
