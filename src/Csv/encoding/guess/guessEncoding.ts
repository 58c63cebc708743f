import type { Encoding } from "../../../Domain/load/Encoding.ts"
import type { Candidate } from "./Candidate.ts"
import { decodes } from "./decodes.ts"
import { rankEncodings } from "./rankEncodings.ts"

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
}

/** The log-likelihood by which an encoding must exceed the next one that gives another text. */
const clearMargin = 8
/** The negative log-likelihood of a pair of characters from which a text does not read like a language. */
const maxSurprise = 6
/** Fewer pairs can be of any language. */
const leastPairs = 20
/** Without a language, scores that differ by less than this share are equal. */
const sameShare = 0.05

/**
 * The most likely encoding of text that is neither ASCII nor UTF-8: of several that are equal, the most usual one.
 * The declared encoding is used if every byte decodes,
 * unless it is a server's default. Decision 29 has the reasons.
 */
export const guessEncoding = (bytes: Uint8Array, declared: Encoding | null): Guess => {
  const examined = examinedPart(bytes)
  if (declared !== null && !isServerDefault(declared) && decodes(examined, declared, false))
    return { encoding: declared, runnerUp: null, isLanguage: true }
  const { candidates, pairs, surprise } = rankEncodings(examined)
  const best = candidates[0]!
  const isLanguage = pairs < leastPairs || surprise < maxSurprise
  const isEqual = ({ decodes, score, text }: Candidate): boolean =>
    decodes && (text === best.text || (!isLanguage && score > (1 + sameShare) * best.score))
  const usual = candidates.filter(isEqual).reduce((a, b) => (b.rarity < a.rarity ? b : a))
  const next = candidates
    .filter(({ text }) => text !== usual.text)
    .reduce((a, b) => (b.score > a.score ? b : a))
  return {
    encoding: usual.encoding,
    runnerUp: !isLanguage || best.score - next.score < clearMargin ? next.encoding : null,
    isLanguage,
  }
}
