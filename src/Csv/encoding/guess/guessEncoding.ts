import type { Steps } from "../../../Bytes/Steps.ts"
import type { Encoding } from "../../../Domain/load/Encoding.ts"
import type { Candidate } from "./Candidate.ts"
import { decodes } from "./decodes.ts"
import { isGarbled } from "./isGarbled.ts"
import { type Ranking, rankEncodings } from "./rankEncodings.ts"

/** Servers declare these for files that they know nothing about. */
const isServerDefault = (declared: Encoding): boolean => declared === "windows-1252" || declared === "utf-8"

/** Only this many bytes beyond ASCII are examined, to limit the time on the event loop. */
export const maxHighBytes = 64 * 1024

export const countHighBytes = (bytes: Uint8Array): number => {
  let high = 0
  for (let i = 0; i < bytes.length; i++) high += bytes[i]! >> 7
  return high
}

const examinedPart = (bytes: Uint8Array): Uint8Array => {
  let high = 0
  for (let i = 0; i < bytes.length; i++)
    if (bytes[i]! >= 0x80 && ++high === maxHighBytes) return bytes.subarray(0, i + 1)
  return bytes
}

/** An encoding, and how sure it is. */
export interface Guess {
  readonly encoding: Encoding
  /** The next likely encoding that gives another text; `null` if it is far less likely. */
  readonly runnerUp: Encoding | null
  /** Whether the text reads like a language in this encoding. */
  readonly isLanguage: boolean
  /** Whether it is the declared encoding. */
  readonly isDeclared: boolean
}

/** The log-likelihood by which an encoding must exceed the next one that gives another text. */
const clearMargin = 8
/** The negative log-likelihood of a pair of characters from which a text does not read like a language. */
const maxSurprise = 6
/** Fewer pairs can be of any language. */
const leastPairs = 20
/** Without a language, scores that differ by less than this share are equal. */
const sameShare = 0.05

/** Encodings with the same characters for what both decode. */
const ranked = (encoding: Encoding): Encoding => (encoding === "gbk" ? "gb18030" : encoding)

/**
 * The most likely encoding of text that is neither ASCII nor UTF-8: of several that are equal, the most usual one.
 * The declared encoding is used if every byte decodes, unless it is a server's default, or gives garbled text and another
 * encoding is far likelier. Decision 29 has the reasons.
 */
export function* guessEncoding(bytes: Uint8Array, declared: Encoding | null): Steps<Guess> {
  const examined = examinedPart(bytes)
  if (declared === null || isServerDefault(declared) || !decodes(examined, declared, false))
    return likeliest(yield* rankEncodings(examined)).guess
  const used: Guess = { encoding: declared, runnerUp: null, isLanguage: true, isDeclared: true }
  if (!isGarbled(examined, declared)) return used
  yield
  const ranking = yield* rankEncodings(examined)
  const { chosen, guess } = likeliest(ranking)
  const own = ranking.candidates.find(({ encoding }) => encoding === ranked(declared))
  if (own?.text === chosen.text) return used
  const isFarLikelier = chosen.score - (own?.score ?? -Infinity) >= clearMargin
  return isFarLikelier && guess.isLanguage && !isGarbled(examined, guess.encoding)
    ? guess
    : { ...used, runnerUp: guess.encoding }
}

/** The likeliest encoding of a ranking. */
const likeliest = ({
  candidates,
  pairs,
  surprise,
}: Ranking): { readonly chosen: Candidate; readonly guess: Guess } => {
  const best = candidates[0]!
  const isLanguage = pairs < leastPairs || surprise < maxSurprise
  const isEqual = ({ decodes, score, text }: Candidate): boolean =>
    decodes && (text === best.text || (!isLanguage && score > (1 + sameShare) * best.score))
  const usual = candidates.filter(isEqual).reduce((a, b) => (b.rarity < a.rarity ? b : a))
  const next = candidates
    .filter(({ text }) => text !== usual.text)
    .reduce((a, b) => (b.score > a.score ? b : a))
  const guess = {
    encoding: usual.encoding,
    runnerUp: !isLanguage || best.score - next.score < clearMargin ? next.encoding : null,
    isLanguage,
    isDeclared: false,
  }
  return { chosen: usual, guess }
}
