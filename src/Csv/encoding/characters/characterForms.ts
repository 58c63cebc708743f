import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { openDecoder } from "./openDecoder.ts"
import { upperCharacters } from "./upperCharacters.ts"

/** Second bytes below this are digits, which start the second half of a character of GB 18030. */
const firstTrail = 0x40
const lineFeed = 0x0a

/** A character's UTF-8 as a number, first byte lowest; 0 if the text is not one character. */
const formOf = (text: string): number => {
  const [character, ...others] = text
  if (character === undefined || others.length > 0 || character === "\ufffd") return 0
  return new TextEncoder().encode(character).reduceRight((form, byte) => ((form << 8) | byte) >>> 0, 0)
}

/** The bytes of a form. */
export const formBytes = (form: number): Uint8Array =>
  Uint8Array.of(form, form >> 8, form >> 16, form >> 24).subarray(0, Math.max(1, 4 - (Math.clz32(form) >> 3)))

/** The texts of several forms, decoded at once. */
const decodeEach = (encoding: Encoding, forms: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<string> =>
  openDecoder(encoding)
    .decode(Uint8Array.from(forms.flatMap((form) => [...form, lineFeed])))
    .split("\n", forms.length)

const upperBytes = Array.from({ length: 128 }, (_, index) => 0x80 + index)

const doubleByteForms = (encoding: Encoding): Uint32Array => {
  const forms = new Uint32Array(128 * 257)
  decodeEach(
    encoding,
    upperBytes.map((byte) => [byte]),
  ).forEach((text, index) => {
    forms[index] = formOf(text)
  })
  const pairs = upperBytes
    .filter((_, index) => forms[index] === 0)
    .flatMap((lead) => Array.from({ length: 256 - firstTrail }, (_, index) => [lead, firstTrail + index]))
  decodeEach(encoding, pairs).forEach((text, index) => {
    const [lead = 0, trail = 0] = pairs[index]!
    forms[128 + 256 * (lead - 0x80) + trail] = formOf(text)
  })
  return forms
}

const known = new Map<Encoding, Uint32Array>()

const remember = (encoding: Encoding, make: () => Uint32Array): Uint32Array => {
  const forms = known.get(encoding) ?? make()
  known.set(encoding, forms)
  return forms
}

/** The form of each byte from 0x80 on in a single-byte encoding. */
export const singleByteForms = (encoding: Encoding): Uint32Array =>
  remember(encoding, () =>
    Uint32Array.from(upperCharacters(encoding), (character) => formOf(character ?? "")),
  )

/**
 * In an encoding whose characters have mostly one or two bytes: the form of each byte from 0x80 on, and then of each pair that
 * starts with one.
 */
export const characterForms = (encoding: Encoding): Uint32Array =>
  remember(encoding, () => doubleByteForms(encoding))
