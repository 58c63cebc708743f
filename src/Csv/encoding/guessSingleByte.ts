import type { Encoding } from "../../Domain/load/Encoding.ts"
import { space } from "../../Bytes/Ascii.ts"
import { commonSymbols, languages } from "./languages.ts"

/** Only this many bytes beyond ASCII are examined. */
const maxBytes = 2000

/** How often each byte beyond ASCII occurs with its neighbours. A key has the three bytes. */
const countTriples = (bytes: Uint8Array): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  let examined = 0
  for (let i = 0; i < bytes.length && examined < maxBytes; i++) {
    if (bytes[i]! < 0x80) continue
    examined++
    const triple = ((bytes[i - 1] ?? space) << 16) | (bytes[i]! << 8) | (bytes[i + 1] ?? space)
    counts.set(triple, (counts.get(triple) ?? 0) + 1)
  }
  return counts
}

/**
 * The log-likelihood by which an encoding must exceed windows-1252: e^5 is about 150 times. A few letters reach that only
 * if they are nonsense in windows-1252.
 */
const margin = 5

/** The share of letters among a language's characters beyond ASCII; the others are common symbols. */
const shareOfLetters = 0.85
const unlikelyLetter = Math.log(1e-4)
const unlikelySymbol = Math.log(1e-5)
const controlCharacter = Math.log(1e-8)
/** For a symbol in a word, a capital after a small letter, or a letter next to a digit or another script. */
const misplaced = Math.log(0.02)
/** For a symbol in its usual position. */
const wellPlaced = Math.log(10)
/** For a word of one letter. */
const isolated = Math.log(0.2)

/** Log frequencies by Zipf's law, shifted by one: the n-th letter has a share proportional to 1/(n + 1). */
const frequencies = (letters: string, share: number): ReadonlyMap<string, number> => {
  const characters = Array.from(letters)
  const sum = characters.reduce((total, _, index) => total + 1 / (index + 2), 0)
  return new Map(
    characters.map((character, index) => [character, Math.log((share * (1 / (index + 2))) / sum)]),
  )
}

/** Log frequencies of the characters beyond ASCII in a language, and the encodings that its texts use. */
interface Model {
  readonly encodings: ReadonlyArray<Encoding>
  readonly letters: ReadonlyMap<string, number>
  readonly symbols: ReadonlyMap<string, number>
}

const models: ReadonlyArray<Model> = languages.map(({ encodings, letters }) => ({
  encodings,
  letters: frequencies(letters, shareOfLetters),
  symbols: frequencies(commonSymbols, letters === "" ? 1 : 1 - shareOfLetters),
}))

/** A memoised test of single characters. All encodings together have a few hundred. */
const isOf = (pattern: RegExp): ((character: string) => boolean) => {
  const results = new Map<string, boolean>()
  return (character) => {
    const known = results.get(character)
    if (known !== undefined) return known
    const result = pattern.test(character)
    results.set(character, result)
    return result
  }
}

/** Unicode classifies µ, º and ª as letters, but they are used like symbols. */
const isLetter = isOf(/[\p{L}--[µºª]]/v)
const isLatin = isOf(/\p{Script=Latin}/u)
const isDigit = isOf(/[0-9]/)
const isCapital = isOf(/\p{Lu}/u)
const isSmall = isOf(/\p{Ll}/u)
const isControl = isOf(/[\u0080-\u009f\ufffd]/)

/** Whether a symbol is where it usually is, such as a currency sign before an amount or an exponent after a unit. */
const isWellPlaced = ({ after, before, character }: Occurrence): boolean => {
  if ("£€¥№".includes(character)) return !isLetter(before) && /[0-9a-zA-Z ]/.test(after)
  if ("²³".includes(character)) return /[0-9mt]/.test(before)
  if ("®™".includes(character)) return /[a-zA-Z]/.test(before)
  if ("ºª".includes(character)) return /[0-9 nNM]/.test(before)
  if ("°¹±×½¼¾".includes(character)) return /[0-9 ]/.test(before) || isDigit(after)
  return character === "µ" && !isLetter(before) && isLetter(after)
}

/** A character beyond ASCII with its neighbours. */
interface Occurrence {
  readonly character: string
  readonly before: string
  readonly after: string
}

/** The log-likelihood of a symbol between its neighbours. */
const symbolPosition = (occurrence: Occurrence): number => {
  const { after, before, character } = occurrence
  const isInWord = isLetter(before) && isLetter(after) && character !== "’" && character !== "·"
  return isInWord ? misplaced : isWellPlaced(occurrence) ? wellPlaced : 0
}

/** The log-likelihood of a letter between its neighbours. */
const letterPosition = ({ after, before, character }: Occurrence): number => {
  const isMisplaced =
    (isCapital(character) && isSmall(before)) ||
    (isSmall(character) && isCapital(after)) ||
    (!isLatin(character) && /[a-zA-Z]/.test(before + after)) ||
    isDigit(before) ||
    isDigit(after)
  // Most letters are small. In text of capitals, a neighbour is a capital as well.
  const capital = isCapital(character) && !isCapital(before) && !isCapital(after) ? Math.log(0.3) : 0
  const isIsolated = !isLetter(before) && !isLetter(after)
  return capital + (isMisplaced ? misplaced : isIsolated ? isolated : 0)
}

/** The log-likelihood of a character between its neighbours, in any language. */
const position = (occurrence: Occurrence): number => {
  if (isControl(occurrence.character)) return 0
  return isLetter(occurrence.character) ? letterPosition(occurrence) : symbolPosition(occurrence)
}

/** The log-likelihood of a character in a language, regardless of its neighbours. */
const frequency = (character: string, { letters, symbols }: Model): number => {
  if (isControl(character)) return controlCharacter
  // A language can have symbols of its own, such as ¿ in Spanish.
  if (!isLetter(character)) return letters.get(character) ?? symbols.get(character) ?? unlikelySymbol
  return letters.get(character) ?? letters.get(character.toLowerCase()) ?? unlikelyLetter
}

/** Repeated occurrences, such as a unit in every row, are hardly more evidence than a single one. */
const weight = (count: number): number => 1 + Math.log10(count)

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** The log-likelihood of the text in the most likely language of the encoding. */
const encodingLikelihood = (triples: ReadonlyMap<number, number>, encoding: Encoding): number => {
  const characters = new TextDecoder(encoding).decode(allBytes)
  const weights = new Map<string, number>()
  let positions = 0
  for (const [triple, count] of triples) {
    const before = characters[triple >> 16]!
    const character = characters[(triple >> 8) & 0xff]!
    const after = characters[triple & 0xff]!
    positions += weight(count) * position({ before, character, after })
    weights.set(character, (weights.get(character) ?? 0) + weight(count))
  }
  const sums = models
    .filter((model) => model.encodings.includes(encoding))
    .map((model) =>
      Array.from(weights).reduce(
        (sum, [character, weight]) => sum + weight * frequency(character, model),
        positions,
      ),
    )
  return Math.max(...sums)
}

const others: ReadonlyArray<Encoding> = Array.from(
  new Set(languages.flatMap(({ encodings }) => encodings)),
).filter((encoding) => encoding !== "windows-1252")

/**
 * The single-byte encoding in which the bytes look most like a language, by the frequencies of its letters and by the
 * neighbours of each character. windows-1252 unless the evidence for another one is clear.
 */
export const guessSingleByte = (bytes: Uint8Array): Encoding => {
  const triples = countTriples(bytes)
  const usual = encodingLikelihood(triples, "windows-1252")
  let best: Encoding = "windows-1252"
  let most = usual + margin
  for (const encoding of others) {
    const likely = encodingLikelihood(triples, encoding)
    if (likely > most) {
      best = encoding
      most = likely
    }
  }
  return best
}
