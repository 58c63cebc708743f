import { createHash, randomBytes } from "node:crypto"
import { crc32 } from "node:zlib"

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** A number with these many digits to the base 62: no character ends a word, so a double click selects a whole key. */
const inBase62 = (number: bigint, digits: number): string => {
  let text = ""
  for (let rest = number; text.length < digits; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text
  return text
}

/** Digits for 256 bits, and for a CRC-32. */
const secretDigits = 43
const checksumDigits = 6

/** Any text that has the form of a key, for scanners that look for leaked secrets. */
const keyForm = new RegExp(`^sluice_[${alphabet}]{${secretDigits + checksumDigits}}$`)

/** A new secret of 256 random bits: `sluice_`, the bits, and a checksum that shows a mistyped or an invented key. */
export const newSecret = (): string => {
  const secret = `sluice_${inBase62(BigInt(`0x${randomBytes(32).toString("hex")}`), secretDigits)}`
  return secret + inBase62(BigInt(crc32(secret)), checksumDigits)
}

/** Whether the text is a key that `newSecret` could have made. */
export const isSecret = (text: string): boolean =>
  keyForm.test(text) &&
  inBase62(BigInt(crc32(text.slice(0, -checksumDigits))), checksumDigits) === text.slice(-checksumDigits)

/** A key is as hard to guess as its hash is to invert, so it needs no salt and no slow hash. */
export const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest()
