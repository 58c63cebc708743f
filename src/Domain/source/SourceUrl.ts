import * as Schema from "effect/Schema"
import { urlAdvice } from "./urlAdvice.ts"

const maxLength = 8192

/** Whether the URL has a scheme that can be fetched. */
export const isWeb = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:"

/** The absolute http or https URL that the text is, or `null`. */
export const parseWebUrl = (text: string): URL | null => {
  const url = URL.parse(text)
  return url !== null && isWeb(url) ? url : null
}

/** The text of an absolute http or https URL. */
export const WebUrl = Schema.String.check(Schema.makeFilter((text) => parseWebUrl(text) !== null))

/** What is wrong with a user's URL, or `undefined`. */
const complaint = (text: string): string | undefined => {
  if (text.trim() === "") return "fileUrl is empty: give the http or https URL of a CSV file"
  if (text.length > maxLength) return `fileUrl is longer than ${maxLength} characters`
  if (text.includes("\0")) return "fileUrl contains a NUL character"
  return parseWebUrl(text) === null ? urlAdvice(text) : undefined
}

/**
 * The URL of a file to load: absolute, http or https. It can contain credentials, so responses, logs, spans and errors
 * must use `masked`.
 */
export const SourceUrl = Schema.String.check(
  Schema.makeFilter((text: string) => complaint(text) ?? true, {
    toJsonSchema: () => ({ format: "uri", maxLength }),
  }),
).pipe(Schema.brand("SourceUrl"))
export type SourceUrl = typeof SourceUrl.Type
