import * as Schema from "effect/Schema"

const longest = 8192

/** Says what is wrong with a URL a user gave, or `undefined` when it can be tried. */
const complaint = (text: string): string | undefined => {
  if (text.trim() === "") return "fileUrl is empty: give the http or https URL of a CSV file"
  if (text.length > longest) return `fileUrl is longer than ${longest} characters`
  const url = URL.parse(text)
  if (url === null) return "fileUrl is not an absolute URL such as https://example.org/file.csv"
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return `fileUrl has the scheme "${url.protocol.slice(0, -1)}": only http and https can be fetched`
  return undefined
}

/**
 * The URL of a file to load: absolute, http or https. It may hold credentials; whatever leaves the service
 * (answers, logs, spans, errors) goes through `masked`.
 */
export const SourceUrl = Schema.String.check(
  Schema.makeFilter((text: string) => complaint(text) ?? true),
).pipe(Schema.brand("SourceUrl"))
export type SourceUrl = typeof SourceUrl.Type

/**
 * Query parameters whose value grants access: signatures and tokens of the usual storage services
 * (S3, Google Cloud Storage, Azure Blob's `sig`) and the usual spellings of keys and passwords.
 */
const secretParameter =
  /^(?:.*[-_.])?(?:sig|signature|token|credential|password|passwd|pwd|secret|auth|authorization|jwt|key|apikey|code)$/i
const secretInOneWord = /^(?:.*(?:token|secret|password|apikey|accesskey|signature))$/i
const mask = "***"

/** The URL fit to be seen: user, password and secret query values are replaced by `***`. */
export const masked = (text: string): string => {
  const url = URL.parse(text)
  if (url === null) return mask
  if (url.username !== "" || url.password !== "") {
    url.username = mask
    url.password = ""
  }
  for (const name of new Set(url.searchParams.keys())) {
    if (secretParameter.test(name) || secretInOneWord.test(name)) url.searchParams.set(name, mask)
  }
  return url.href.replaceAll("%2A%2A%2A", mask)
}
