import * as Redacted from "effect/Redacted"
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto"

/** A key of AES-256-GCM. */
export interface SecretsKey {
  /** Names the key without revealing it: 8 hexadecimal digits of its SHA-256. */
  readonly id: string
  readonly bytes: Redacted.Redacted<Buffer>
}

/** Lengths of the nonce and the tag in bytes (NIST SP 800-38D). */
const nonceLength = 12
const tagLength = 16

/** The keys of a text, with commas or white space between them, each 32 bytes in base64; `null` if one is not. */
export const parseKeys = (text: string): ReadonlyArray<SecretsKey> | null => {
  const words = text.split(/[\s,]+/).filter((word) => word !== "")
  if (words.length === 0 || !words.every((word) => /^[\w+/-]{43}=?$/.test(word))) return null
  return words.map((word) => {
    const bytes = Buffer.from(word, "base64")
    return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes: Redacted.make(bytes) }
  })
}

/** A new key in base64. */
export const makeKey = (): string => randomBytes(32).toString("base64")

/**
 * Encrypts a text.
 *
 * @param context must be the same when it is decrypted, so that nobody can swap the secrets of two jobs
 */
export const encrypt = ({ bytes }: SecretsKey, text: string, context: string): string => {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv("aes-256-gcm", Redacted.value(bytes), nonce)
  cipher.setAAD(Buffer.from(context))
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
  return Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString("base64")
}

/** The text; `null` if it was encrypted with another key or context, or changed since. */
export const decrypt = ({ bytes }: SecretsKey, encrypted: string, context: string): string | null => {
  const sealed = Buffer.from(encrypted, "base64")
  if (sealed.length < nonceLength + tagLength) return null
  const decipher = createDecipheriv("aes-256-gcm", Redacted.value(bytes), sealed.subarray(0, nonceLength), {
    authTagLength: tagLength,
  })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(-tagLength))
  try {
    return (
      decipher.update(sealed.subarray(nonceLength, -tagLength), undefined, "utf8") + decipher.final("utf8")
    )
  } catch {
    return null
  }
}

/** A hash that nobody without the key can compare with guesses: HMAC-SHA-256 with a key derived for this purpose. */
export const keyedHash = ({ bytes }: SecretsKey, text: string): string => {
  const derived = createHmac("sha256", Redacted.value(bytes)).update("sluice request hash").digest()
  return createHmac("sha256", derived).update(text).digest("hex")
}
