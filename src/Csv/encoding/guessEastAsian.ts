import * as Result from "effect/Result"
import { bar } from "../../Bytes/Ascii.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"

/** Fewer characters, or fewer different ones, are no evidence: a unit in every row is one character. */
const minCharacters = 8
const minKinds = 4

/** The common characters of a script. Names and addresses have rarer ones, too. */
interface Script {
  readonly encoding: Encoding
  readonly isCommon: (code: number) => boolean
  /** The minimum share of common characters among those beyond ASCII. */
  readonly minShare: number
}

const isKana = (code: number): boolean => code >= 0x3040 && code <= 0x30ff
const isHan = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff
const isHangul = (code: number): boolean => code >= 0xac00 && code <= 0xd7a3
const isFullWidth = (code: number): boolean =>
  (code >= 0x3000 && code <= 0x303f) || (code >= 0xff01 && code <= 0xff5e)

/** Counts the characters beyond ASCII, the common ones, and how many different common ones there are. */
const countCommon = (
  text: string,
  isCommon: (code: number) => boolean,
): { all: number; common: number; kinds: number } => {
  let all = 0
  let common = 0
  const kinds = new Set<number>()
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80 || isFullWidth(code)) continue
    all++
    if (!isCommon(code)) continue
    common++
    kinds.add(code)
  }
  return { all, kinds: kinds.size, common }
}

/** The share of two-byte characters that match, of those whose first byte is above `above`. */
const pairShare = (
  bytes: Uint8Array,
  above: number,
  matches: (first: number, second: number | undefined) => boolean,
): number => {
  let pairs = 0
  let matching = 0
  for (let i = 0; i < bytes.length; i++) {
    const first = bytes[i]!
    if (first < 0x80) continue
    i++
    if (first <= above) continue
    pairs++
    if (matches(first, bytes[i])) matching++
  }
  return pairs === 0 ? 0 : matching / pairs
}

/** The share of first bytes in a range. The most frequent characters form such a range. */
const firstByteShare = (bytes: Uint8Array, from: number, to: number): number =>
  pairShare(bytes, 0xa3, (first) => first >= from && first <= to)

/** The share of second bytes that are `|`. In text of another encoding that is a delimiter. */
const barredShare = (bytes: Uint8Array): number => pairShare(bytes, 0x7f, (_, second) => second === bar)

/** The share of bytes beyond ASCII that are next to another one. */
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

const scripts: ReadonlyArray<Script & { readonly isPlausible?: (bytes: Uint8Array) => boolean }> = [
  {
    encoding: "euc-kr",
    isCommon: isHangul,
    minShare: 0.8,
    isPlausible: (bytes) => firstByteShare(bytes, 0xb0, 0xc8) > 0.9,
  },
  { encoding: "euc-jp", isCommon: isKana, minShare: 0.25 },
  { encoding: "shift_jis", isCommon: isKana, minShare: 0.2 },
  {
    encoding: "gb18030",
    isCommon: isHan,
    minShare: 0.9,
    isPlausible: (bytes) =>
      pairedShare(bytes) > 0.95 && firstByteShare(bytes, 0xb0, 0xd7) > 0.75 && barredShare(bytes) < 0.02,
  },
  {
    encoding: "big5",
    isCommon: isHan,
    minShare: 0.9,
    isPlausible: (bytes) => pairedShare(bytes) > 0.5 && firstByteShare(bytes, 0xa4, 0xc6) > 0.75,
  },
]

/**
 * The East Asian encoding of the text: every byte decodes, and most characters are common in its script. Western text
 * rarely decodes, because its high bytes are isolated. `null` if there is no such encoding.
 *
 * @param bytes the last character may be cut off
 */
export const guessEastAsian = (bytes: Uint8Array): Encoding | null => {
  for (const { encoding, isCommon, isPlausible, minShare } of scripts) {
    const text = Result.try(() => new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true }))
    if (Result.isFailure(text)) continue
    const { all, kinds, common } = countCommon(text.success, isCommon)
    if (
      all >= minCharacters &&
      kinds >= minKinds &&
      common >= minShare * all &&
      (isPlausible?.(bytes) ?? true)
    )
      return encoding
  }
  return null
}
