import * as Redacted from "effect/Redacted"

/** A secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export type WebhookSecret = Redacted.Redacted

const minBytes = 24
const maxBytes = 64

const isSecret = (word: string): boolean => {
  const base64 = /^whsec_([\d+/A-Za-z]+={0,2})$/.exec(word)?.[1]
  if (base64 === undefined || base64.length % 4 !== 0) return false
  const { length } = Buffer.from(base64, "base64")
  return length >= minBytes && length <= maxBytes
}

/** The secrets of a text, with commas or white space between them; `null` if one is not. */
export const parseWebhookSecrets = (text: string): ReadonlyArray<WebhookSecret> | null => {
  const words = text.split(/[\s,]+/).filter((word) => word !== "")
  return words.length > 0 && words.every(isSecret) ? words.map((word) => Redacted.make(word)) : null
}
