import { openDecoder } from "../../../src/Csv/encoding/characters/openDecoder.ts"
import { upperCharacters } from "../../../src/Csv/encoding/characters/upperCharacters.ts"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"

/**
 * A character beyond the basic plane in GB 18030: four bytes that count up from 90 30 81 30, the last and the third
 * first (WHATWG Encoding Standard, 10.2.2).
 */
const gb18030Form = (codePoint: number): ReadonlyArray<number> => {
  const index = codePoint - 0x10000
  return [
    0x90 + Math.floor(index / 12_600),
    0x30 + (Math.floor(index / 1260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  ]
}

const isDoubleByte = (encoding: Encoding): boolean => /^(?:shift_jis|euc-|gb|big5)/.test(encoding)

/** The bytes of every character of the encoding, found by decoding all candidates. */
const formsOf = (encoding: Encoding): ReadonlyMap<string, ReadonlyArray<number>> => {
  if (!isDoubleByte(encoding)) {
    const ascii = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte))
    return new Map(
      [...ascii, ...upperCharacters(encoding)].flatMap((text, byte) =>
        text === null ? [] : [[text, [byte]] as const],
      ),
    )
  }
  // Fatal decoders throw for each of thousands of unused forms, which is slow.
  const decoder = openDecoder(encoding)
  const forms = new Map<string, ReadonlyArray<number>>()
  const add = (bytes: ReadonlyArray<number>): void => {
    const text = decoder.decode(Uint8Array.from(bytes))
    if (Array.from(text).length === 1 && text !== "\ufffd" && !forms.has(text)) forms.set(text, bytes)
  }
  for (let first = 0; first < 0x80; first++) forms.set(String.fromCharCode(first), [first])
  for (let first = 0x80; first < 256; first++) add([first])
  for (let first = 0x81; first < 0xff; first++)
    for (let second = 0x40; second < 0xff; second++) add([first, second])
  // JIS X 0212, after a shift byte.
  if (encoding === "euc-jp")
    for (let second = 0xa1; second < 0xff; second++)
      for (let third = 0xa1; third < 0xff; third++) add([0x8f, second, third])
  return forms
}

const known = new Map<Encoding, ReadonlyMap<string, ReadonlyArray<number>>>()

/** The characters that an encoding other than UTF-8 and UTF-16 has, in up to three bytes. */
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

const utf32 = (text: string, isLittleEndian: boolean): Uint8Array => {
  const characters = Array.from(text)
  const bytes = new Uint8Array(4 * characters.length)
  const view = new DataView(bytes.buffer)
  characters.forEach((character, n) => view.setUint32(4 * n, character.codePointAt(0)!, isLittleEndian))
  return bytes
}

/** JIS X 0208 is the part of EUC-JP with two bytes, without the high bits. */
const iso2022jp = (text: string): Uint8Array => {
  const forms = repertoire("euc-jp")
  const runs = text.match(/\p{ASCII}+|\P{ASCII}+/gu) ?? []
  return Uint8Array.from(
    runs.flatMap((run) => {
      const form = Array.from(run).flatMap((character) => {
        const bytes = forms.get(character)
        // Others are JIS X 0212 and half-width katakana, after a shift byte.
        if (bytes === undefined || bytes.length > 2 || bytes[0] === 0x8e)
          throw new Error(`iso-2022-jp has no ${character}`)
        return bytes
      })
      return /^\p{ASCII}/u.test(run)
        ? form
        : [0x1b, 0x24, 0x42].concat(
            form.map((byte) => byte & 0x7f),
            [0x1b, 0x28, 0x42],
          )
    }),
  )
}

/** The text in an encoding, which must have all its characters. */
export const encodeText = (text: string, encoding: Encoding): Uint8Array => {
  if (encoding === "utf-8") return new TextEncoder().encode(text)
  if (encoding === "utf-16le" || encoding === "utf-16be") return utf16(text, encoding === "utf-16le")
  if (encoding === "utf-32le" || encoding === "utf-32be") return utf32(text, encoding === "utf-32le")
  if (encoding === "iso-2022-jp") return iso2022jp(text)
  const forms = repertoire(encoding)
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const codePoint = character.codePointAt(0)!
      const isBeyond = codePoint > 0xffff && encoding === "gb18030"
      const form = forms.get(character) ?? (isBeyond ? gb18030Form(codePoint) : undefined)
      if (form === undefined) throw new Error(`${encoding} has no ${character}`)
      return form
    }),
  )
}
