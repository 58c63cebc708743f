import * as Schema from "effect/Schema"

const longest = 8192

const isWeb = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:"

/** Says what is wrong with a URL a user gave, or `undefined` when it can be tried. */
const complaint = (text: string): string | undefined => {
  if (text.trim() === "") return "fileUrl is empty: give the http or https URL of a CSV file"
  if (text.length > longest) return `fileUrl is longer than ${longest} characters`
  if (text.includes("\0")) return "fileUrl holds a NUL"
  const url = URL.parse(text)
  if (url === null) return "fileUrl is not an absolute URL such as https://example.org/file.csv"
  if (!isWeb(url))
    return `fileUrl has the scheme "${url.protocol.slice(0, -1)}": only http and https can be fetched`
  return undefined
}

/**
 * The URL of a file to load: absolute, http or https. It may hold credentials; whatever leaves the service
 * (answers, logs, spans, errors) goes through `masked`.
 */
export const SourceUrl = Schema.String.check(
  Schema.makeFilter((text: string) => complaint(text) ?? true, {
    toJsonSchema: () => ({ format: "uri", maxLength: longest }),
  }),
).pipe(Schema.brand("SourceUrl"))
export type SourceUrl = typeof SourceUrl.Type

/**
 * Query parameters whose value grants access: signatures and tokens of the usual storage services
 * (S3, Google Cloud Storage, Azure Blob's `sig`) and the usual spellings of keys and passwords.
 */
const secretParameter =
  /^(?:.*[-_.])?(?:sig|signature|token|credential|password|passwd|pwd|secret|auth|authorization|jwt|key|apikey|code)$/i
const secretInOneWord = /(?:token|secret|password|passwd|apikey|accesskey|authkey|signature|sessionid)$/i
const mask = "***"

/** Masks the secret values; `false` when there are none. */
const maskValues = (parameters: URLSearchParams): boolean => {
  const secret = [...new Set(parameters.keys())].filter(
    (name) => secretParameter.test(name) || secretInOneWord.test(name),
  )
  for (const name of secret) parameters.set(name, mask)
  return secret.length > 0
}

/** The URL fit to be seen: user, password and secret values of query and fragment are replaced by `***`. */
export const masked = (text: string): string => {
  const url = URL.parse(text)
  // `user:password@host/file` parses, as a URL of the scheme `user`.
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
