import * as Result from "effect/Result"
import type { Encoding } from "../../../src/Domain/Encoding.ts"

const isDoubleByte = (encoding: Encoding): boolean => /^(?:shift_jis|euc-|gb|big5)/.test(encoding)

/** The bytes of every character that the platform's decoder knows in the encoding, found by trying. */
const formsOf = (encoding: Encoding): ReadonlyMap<string, ReadonlyArray<number>> => {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const forms = new Map<string, ReadonlyArray<number>>()
  const add = (bytes: ReadonlyArray<number>): void => {
    const text = Result.getOrElse(
      Result.try(() => decoder.decode(Uint8Array.from(bytes))),
      () => "",
    )
    if (Array.from(text).length === 1 && !forms.has(text)) forms.set(text, bytes)
  }
  for (let first = 0; first < 256; first++) add([first])
  if (isDoubleByte(encoding))
    for (let first = 0x81; first < 0xff; first++)
      for (let second = 0x40; second < 0xff; second++) add([first, second])
  return forms
}

const known = new Map<Encoding, ReadonlyMap<string, ReadonlyArray<number>>>()

/** The characters that an encoding of one byte, or of two, has. */
export const repertoire = (encoding: Encoding): ReadonlyMap<string, ReadonlyArray<number>> => {
  const forms = known.get(encoding) ?? formsOf(encoding)
  known.set(encoding, forms)
  return forms
}

const utf16 = (text: string, isLittleEndian: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 * text.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), isLittleEndian)
  return bytes
}

/** The text in an encoding, which must have all its characters. */
export const encodeText = (text: string, encoding: Encoding): Uint8Array => {
  if (encoding === "utf-8") return new TextEncoder().encode(text)
  if (encoding === "utf-16le" || encoding === "utf-16be") return utf16(text, encoding === "utf-16le")
  const forms = repertoire(encoding)
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const form = forms.get(character)
      if (form === undefined) throw new Error(`${encoding} has no ${character}`)
      return form
    }),
  )
}
