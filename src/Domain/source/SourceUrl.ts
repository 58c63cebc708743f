import * as Schema from "effect/Schema"
import { urlAdvice } from "./urlAdvice.ts"

const maxLength = 8192

/** Whether the URL has a scheme that can be fetched. */
export const isWeb = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:"

/** What is wrong with a user's URL, or `undefined`. */
const complaint = (text: string): string | undefined => {
  if (text.trim() === "") return "fileUrl is empty: give the http or https URL of a CSV file"
  if (text.length > maxLength) return `fileUrl is longer than ${maxLength} characters`
  if (text.includes("\0")) return "fileUrl contains a NUL character"
  const url = URL.parse(text)
  return url === null || !isWeb(url) ? urlAdvice(text) : undefined
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

/**
 * Query parameters that grant access: signatures and tokens of storage services (S3, Google Cloud Storage, Azure Blob's
 * `sig`), and common names of keys and passwords.
 */
const secretParameter =
  /^(?:.*[-_.])?(?:sig|signature|token|credential|password|passwd|passphrase|pass|pwd|pw|secret|session|hmac|auth|authorization|jwt|key|apikey|code)$/i
const secretInOneWord = /(?:token|secret|password|passwd|apikey|accesskey|authkey|signature|sessionid)$/i
const mask = "***"

/** Masks secret values. Returns whether there were any. */
const maskValues = (parameters: URLSearchParams): boolean => {
  const secret = [...new Set(parameters.keys())].filter(
    (name) => secretParameter.test(name) || secretInOneWord.test(name),
  )
  for (const name of secret) parameters.set(name, mask)
  return secret.length > 0
}

/** The URL with `***` instead of user, password, and secrets in query and fragment. */
export const masked = (text: string): string => {
  const url = URL.parse(text)
  // `user:password@host/file` is a valid URL with the scheme `user`.
  if (url === null || !isWeb(url)) return mask
  if (url.username !== "" || url.password !== "") {
    url.username = mask
    url.password = ""
  }
  maskValues(url.searchParams)
  const fragment = new URLSearchParams(url.hash.slice(1))
  if (maskValues(fragment)) url.hash = fragment.toString()
  return url.href.replaceAll("%2A%2A%2A", mask)
}
