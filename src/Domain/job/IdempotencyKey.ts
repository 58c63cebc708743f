import * as Schema from "effect/Schema"
import { LoadOptions } from "../load/LoadOptions.ts"
import type { SourceUrl } from "../source/SourceUrl.ts"

const longest = 255

const isPrintable = (text: string): boolean => /^[\x20-\x7e]+$/.test(text)

/**
 * A name that a client gives to one request, so that the request can be sent again without being done again
 * (draft-ietf-httpapi-idempotency-key-header): 1 to 255 printable ASCII characters.
 */
export const IdempotencyKey = Schema.String.check(
  Schema.makeFilter(
    (text: string) =>
      (isPrintable(text) && text.length <= longest) ||
      `give 1 to ${longest} printable ASCII characters, such as a UUID`,
  ),
).pipe(Schema.brand("IdempotencyKey"))
export type IdempotencyKey = typeof IdempotencyKey.Type

const encodeOptions = Schema.encodeSync(LoadOptions)

/** What was asked for as one text, equal for equal requests however they were written (form, JSON, order). */
export const canonicalRequest = (request: {
  readonly fileUrl: SourceUrl
  readonly options: LoadOptions
}): string => {
  const options = Object.entries(encodeOptions(request.options)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([request.fileUrl, options])
}
