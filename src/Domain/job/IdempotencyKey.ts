import * as Schema from "effect/Schema"
import { LoadOptions } from "../load/options/LoadOptions.ts"
import type { SourceUrl } from "../source/SourceUrl.ts"

export const maxKeyLength = 255

/** What a key must be, for the response to another one. */
export const keyRule = `give 1 to ${maxKeyLength} printable ASCII characters, such as a UUID`

const isPrintable = (text: string): boolean => /^[\x20-\x7e]+$/.test(text)

/**
 * A client's name for one request, so that sending the request again has no further effect
 * (draft-ietf-httpapi-idempotency-key-header): 1 to 255 printable ASCII characters.
 */
export const IdempotencyKey = Schema.String.check(
  Schema.makeFilter((text: string) => (isPrintable(text) && text.length <= maxKeyLength) || keyRule),
).pipe(Schema.brand("IdempotencyKey"))
export type IdempotencyKey = typeof IdempotencyKey.Type

const encodeOptions = Schema.encodeSync(LoadOptions)

/** The request as text. Equal requests have equal texts, regardless of their format (form, JSON) and field order. */
export const canonicalRequest = (request: {
  readonly fileUrl: SourceUrl
  readonly otherUrls?: ReadonlyArray<SourceUrl>
  readonly options: LoadOptions
}): string => {
  const options = Object.entries(encodeOptions(request.options)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([request.fileUrl, options, ...(request.otherUrls ?? [])])
}
