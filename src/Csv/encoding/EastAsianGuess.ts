import * as Result from "effect/Result"
import type { Encoding } from "../../Domain/load/Encoding.ts"

/** Fewer characters than this do not tell, nor do ordinary ones of fewer kinds: a unit in every row is one kind. */
const fewest = 8
const fewestKinds = 4

const bar = 0x7c

/** What the writing of a language is mostly made of. Names and addresses have rarer characters too. */
interface Writing {
  readonly encoding: Encoding
  readonly isOrdinary: (code: number) => boolean
  /** Share of the characters beyond ASCII that are ordinary. */
  readonly least: number
}

const isKana = (code: number): boolean => code >= 0x3040 && code <= 0x30ff
const isHan = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff
const isHangul = (code: number): boolean => code >= 0xac00 && code <= 0xd7a3
const isFullWidth = (code: number): boolean =>
  (code >= 0x3000 && code <= 0x303f) || (code >= 0xff01 && code <= 0xff5e)

/** Whether the decoded text is in the writing, by the whole of it. */
const share = (
  text: string,
  isOrdinary: (code: number) => boolean,
): { all: number; ordinary: number; kinds: number } => {
  let all = 0
  let ordinary = 0
  const kinds = new Set<number>()
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80 || isFullWidth(code)) continue
    all++
    if (!isOrdinary(code)) continue
    ordinary++
    kinds.add(code)
  }
  return { all, kinds: kinds.size, ordinary }
}

/** Characters of GB 2312's first level, and of Big5's, are the frequent ones: told by their first byte. */
const firstBytesWithin = (bytes: Uint8Array, from: number, to: number): number => {
  let pairs = 0
  let within = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte < 0x80) continue
    if (byte > 0xa3) {
      pairs++
      if (byte >= from && byte <= to) within++
    }
    i++
  }
  return pairs === 0 ? 0 : within / pairs
}

/** Share of the pairs whose second byte is that of a bar: in text of another encoding it is a delimiter. */
const barredShare = (bytes: Uint8Array): number => {
  let pairs = 0
  let barred = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x80) continue
    pairs++
    if (bytes[++i] === bar) barred++
  }
  return pairs === 0 ? 0 : barred / pairs
}

/** Share of the bytes beyond ASCII that stand directly beside another one. */
const pairedShare = (bytes: Uint8Array): number => {
  let high = 0
  let paired = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x80) continue
    high++
    if (bytes[i + 1]! >= 0x80 || (i > 0 && bytes[i - 1]! >= 0x80)) paired++
  }
  return high === 0 ? 0 : paired / high
}

const writings: ReadonlyArray<Writing & { readonly isPlausible?: (bytes: Uint8Array) => boolean }> = [
  {
    encoding: "euc-kr",
    isOrdinary: isHangul,
    least: 0.8,
    isPlausible: (bytes) => firstBytesWithin(bytes, 0xb0, 0xc8) > 0.9,
  },
  { encoding: "euc-jp", isOrdinary: isKana, least: 0.25 },
  { encoding: "shift_jis", isOrdinary: isKana, least: 0.2 },
  {
    encoding: "gb18030",
    isOrdinary: isHan,
    least: 0.9,
    isPlausible: (bytes) =>
      pairedShare(bytes) > 0.95 && firstBytesWithin(bytes, 0xb0, 0xd7) > 0.75 && barredShare(bytes) < 0.02,
  },
  {
    encoding: "big5",
    isOrdinary: isHan,
    least: 0.9,
    isPlausible: (bytes) => pairedShare(bytes) > 0.5 && firstBytesWithin(bytes, 0xa4, 0xc6) > 0.75,
  },
]

/**
 * The East Asian encoding the text is in, if it is validly and plausibly one: every byte decodes, and to what
 * such texts are made of. Western text is seldom valid, since its high bytes stand alone.
 *
 * @param bytes where the sample is cut, the last character may be
 */
export const guessEastAsian = (bytes: Uint8Array): Encoding | null => {
  for (const { encoding, isOrdinary, isPlausible, least } of writings) {
    const text = Result.try(() => new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true }))
    if (Result.isFailure(text)) continue
    const { all, kinds, ordinary } = share(text.success, isOrdinary)
    if (all >= fewest && kinds >= fewestKinds && ordinary >= least * all && (isPlausible?.(bytes) ?? true))
      return encoding
  }
  return null
}
