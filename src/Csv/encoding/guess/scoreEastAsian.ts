import type { Steps } from "../../../Bytes/Steps.ts"
import { openDecoder } from "../characters/openDecoder.ts"
import type { Encoding } from "../../../Domain/load/Encoding.ts"
import type { Word } from "./collectWords.ts"
import { decodes } from "./decodes.ts"
import { frequentCharacters } from "./languageModels.ts"
import type { AsciiScores } from "./LanguageScores.ts"
import type { Candidate } from "./Candidate.ts"

/** A block of characters: their share in texts, beside the frequent ones, and how many they are. */
interface Block {
  readonly contains: (code: number, first: number, second: number) => boolean
  readonly share: number
  readonly size: number
}

const between = (from: number, to: number) => (code: number) => code >= from && code <= to
const isHan = between(0x4e00, 0x9fff)
const isHangul = between(0xac00, 0xd7a3)

const punctuation: Block = {
  contains: (code) => (code >= 0x3000 && code <= 0x303f) || (code >= 0xff01 && code <= 0xff5e),
  share: 0.05,
  size: 40,
}
const kana: Block = { contains: between(0x3040, 0x30ff), share: 0.1, size: 170 }
const isHalfWidthKana = between(0xff61, 0xff9f)
const halfWidthKana: Block = { contains: isHalfWidthKana, share: 0.005, size: 63 }

/** Standards put the frequent characters of a script in one range of first bytes. */
const common = (
  isScript: (code: number) => boolean,
  from: number,
  to: number,
  size: number,
  leastSecond = 0x40,
): Block => ({
  contains: (code, first, second) => isScript(code) && first >= from && first <= to && second >= leastSecond,
  share: 0.2,
  size,
})
const uncommon = (isScript: (code: number) => boolean, size: number): Block => ({
  contains: isScript,
  share: 0.01,
  size,
})

/** An encoding, and the characters of its language. */
interface Script {
  readonly encoding: Encoding
  readonly language: string
  readonly blocks: ReadonlyArray<Block>
}

const scripts: ReadonlyArray<Script> = [
  {
    encoding: "gb18030",
    language: "Simplified Chinese",
    blocks: [punctuation, common(isHan, 0xb0, 0xd7, 3755, 0xa1), uncommon(isHan, 20_000)],
  },
  {
    encoding: "big5",
    language: "Traditional Chinese",
    blocks: [punctuation, common(isHan, 0xa4, 0xc6, 5401), uncommon(isHan, 7652)],
  },
  {
    encoding: "euc-kr",
    language: "Korean",
    blocks: [
      punctuation,
      common(isHangul, 0xb0, 0xc8, 2350, 0xa1),
      uncommon(isHangul, 8822),
      uncommon(isHan, 40_000),
    ],
  },
  {
    encoding: "euc-jp",
    language: "Japanese",
    blocks: [punctuation, kana, halfWidthKana, common(isHan, 0xb0, 0xcf, 2965), uncommon(isHan, 9000)],
  },
  {
    encoding: "shift_jis",
    language: "Japanese",
    blocks: [punctuation, kana, halfWidthKana, common(isHan, 0x88, 0x97, 2965), uncommon(isHan, 9000)],
  },
]

/** The share of a language's frequent characters in its texts. */
const frequentShare = 0.75
/** The n-th frequent character has a share proportional to 1/(n + this). */
const flattening = 20
const otherCharacter = Math.log(1e-7)
/** For a character next to an ASCII letter. */
const besideLetter = Math.log(0.01)
const rarity = 3

const isAsciiLetter = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)

const loaded = new Map<string, ReadonlyMap<number, number>>()

/** The log frequency of each frequent character of a language. */
const frequenciesOf = (language: string): ReadonlyMap<number, number> => {
  const known = loaded.get(language)
  if (known !== undefined) return known
  const characters = Array.from(frequentCharacters.get(language) ?? "")
  const sum = characters.reduce((total, _, n) => total + 1 / (n + flattening), 0)
  const frequencies = new Map(
    characters.map((character, n) => [
      character.codePointAt(0)!,
      Math.log(frequentShare / (n + flattening) / sum),
    ]),
  )
  loaded.set(language, frequencies)
  return frequencies
}

/** Half-width kana come in runs. About this many are usual after another one. */
const nextKana = Math.log(0.9 / 40)
/** For a voicing mark after a kana that has no voiced form. */
const misplacedKana = Math.log(0.0001)
const canFollow: ReadonlyMap<number, RegExp> = new Map([
  [0xff9e, /[ｳｶ-ﾄﾊ-ﾎ]/],
  [0xff9f, /[ﾊ-ﾎ]/],
])

/** The log-likelihood of half-width kana after another character. */
const afterKana = (code: number, before: number): number =>
  canFollow.get(code)?.test(String.fromCodePoint(before)) === false ? misplacedKana : nextKana

const blockFrequency = ({ blocks }: Script, code: number, first: number, second: number): number => {
  const block = blocks.find(({ contains }) => contains(code, first, second))
  return block === undefined ? otherCharacter : Math.log(block.share / block.size)
}

/** The length of the character in bytes that starts with this one. */
const lengthOf = (encoding: Encoding, bytes: Uint8Array, at: number): number => {
  const first = bytes[at]!
  if (first <= 0x80) return 1
  if (encoding === "shift_jis") return first >= 0xa1 && first <= 0xdf ? 1 : 2
  if (encoding === "euc-jp" && first === 0x8f) return 3
  const second = bytes[at + 1] ?? 0
  return encoding === "gb18030" && second >= 0x30 && second <= 0x39 ? 4 : 2
}

const wordLikelihood = (
  script: Script,
  bytes: Uint8Array,
  decoder: ReturnType<typeof openDecoder>,
): number => {
  const frequencies = frequenciesOf(script.language)
  const text = decoder.decode(bytes)
  let sum = 0
  let at = 0
  let code = 0
  for (let n = 0; n < text.length; n += code > 0xffff ? 2 : 1) {
    const previous = code
    code = text.codePointAt(n)!
    const first = bytes[at]!
    const second = bytes[at + 1] ?? 0
    const before = bytes[at - 1] ?? 0
    at += lengthOf(script.encoding, bytes, at)
    // The last character may be cut.
    if (first < 0x80 || at > bytes.length) continue
    sum +=
      isHalfWidthKana(code) && isHalfWidthKana(previous)
        ? afterKana(code, previous)
        : (frequencies.get(code) ?? blockFrequency(script, code, first, second))
    if (isAsciiLetter(before)) sum += besideLetter
    if (isAsciiLetter(bytes[at] ?? 0)) sum += besideLetter
  }
  return sum
}

/** Each East Asian encoding, with the log-likelihood of the words in it. */
export function* scoreEastAsian(
  bytes: Uint8Array,
  words: ReadonlyArray<Word>,
  ascii: AsciiScores,
): Steps<ReadonlyArray<Candidate>> {
  const candidates: Array<Candidate> = []
  for (const script of scripts) {
    const { encoding } = script
    const isPossible = decodes(bytes, encoding, false)
    yield
    const decoder = openDecoder(encoding)
    const score = isPossible
      ? words.reduce(
          (sum, word) => sum + word.weight * wordLikelihood(script, word.bytes, decoder),
          ascii.inOtherScripts - rarity,
        )
      : -Infinity
    candidates.push({ encoding, rarity, score, decodes: isPossible, text: encoding })
    yield
  }
  return candidates
}
