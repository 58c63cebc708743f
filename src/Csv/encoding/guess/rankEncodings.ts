import type { Steps } from "../../../Bytes/Steps.ts"
import type { Candidate } from "./Candidate.ts"
import { collectAsciiWords, collectWords, countPairs } from "./collectWords.ts"
import { asciiScores } from "./LanguageScores.ts"
import { scoreEastAsian } from "./scoreEastAsian.ts"
import { scoreSingleByte } from "./scoreSingleByte.ts"

/** How likely the encodings are. */
export interface Ranking {
  /** All encodings that extend ASCII. The likeliest is first, after it the others in any order. */
  readonly candidates: ReadonlyArray<Candidate>
  /** The negative log-likelihood of a pair of characters in the first one. */
  readonly surprise: number
  /** The number of different pairs, which is how much evidence there is. */
  readonly pairs: number
}

/** How likely a text that is neither ASCII nor UTF-8 is in each encoding. */
export function* rankEncodings(bytes: Uint8Array): Steps<Ranking> {
  const words = collectWords(bytes)
  yield
  const ascii = asciiScores(collectAsciiWords(bytes))
  yield
  const candidates = [
    ...(yield* scoreSingleByte(bytes, words, ascii)),
    ...(yield* scoreEastAsian(bytes, words, ascii)),
  ].toSorted((a, b) => Number(b.decodes) - Number(a.decodes) || b.score - a.score)
  const pairs = countPairs(words)
  return { candidates, pairs, surprise: (Math.max(...ascii.inLanguages) - candidates[0]!.score) / pairs }
}
