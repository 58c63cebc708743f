import type { Encoding } from "../../Domain/Encoding.ts"
import { space } from "../Ascii.ts"
import { commonSigns, languages } from "./Letters.ts"

/** So many bytes beyond ASCII are enough to tell. */
const enough = 2000

/** The bytes beyond ASCII, each run with the byte before it and the one behind, and nothing else. */
const telling = (bytes: Uint8Array): Uint8Array => {
  const picked: Array<number> = []
  let seen = 0
  for (let i = 0; i < bytes.length && seen < enough; i++) {
    if (bytes[i]! < 0x80) continue
    picked.push(bytes[i - 1] ?? space)
    for (; i < bytes.length && bytes[i]! >= 0x80; i++, seen++) picked.push(bytes[i]!)
    picked.push(bytes[i] ?? space)
  }
  return Uint8Array.from(picked)
}

/**
 * Another encoding than windows-1252 must explain the text better by this much: e^5, some 150 times likelier. A
 * few letters do not reach that unless windows-1252 would make nonsense of them.
 */
const margin = 5

/** Share of a language's letters beyond ASCII against the common signs. */
const shareOfLetters = 0.85
const unlikelyLetter = Math.log(1e-4)
const unlikelySign = Math.log(1e-5)
const control = Math.log(1e-8)
/** Against a sign inside a word, a capital behind a small letter, and a letter beside a digit or another script's. */
const misplaced = Math.log(0.02)
/** For a sign in its place. */
const wellPlaced = Math.log(10)
/** Against a word of one letter. */
const alone = Math.log(0.2)

/** Zipf's law: the n-th letter is 1/n as frequent as the first. */
const frequencies = (letters: string, share: number): ReadonlyMap<string, number> => {
  const characters = Array.from(letters)
  const sum = characters.reduce((total, _, index) => total + 1 / (index + 2), 0)
  return new Map(
    characters.map((character, index) => [character, Math.log((share * (1 / (index + 2))) / sum)]),
  )
}

const signs = frequencies(commonSigns, 1 - shareOfLetters)

/** How likely characters beyond ASCII are in texts of a language in some encodings. */
interface Model {
  readonly encodings: ReadonlyArray<Encoding>
  readonly letters: ReadonlyMap<string, number>
  readonly signs: ReadonlyMap<string, number>
}

/** English, codes and numbers: text that has signs beyond ASCII, and letters only by way of exception. */
const withoutLetters: Model = {
  encodings: ["windows-1252", "macintosh"],
  letters: new Map(),
  signs: frequencies(commonSigns, 1),
}

const models: ReadonlyArray<Model> = [
  withoutLetters,
  ...languages.map(({ encodings, letters }) => ({
    encodings,
    letters: frequencies(letters, shareOfLetters),
    signs,
  })),
]

/** Unicode counts µ, º and ª among the letters, though they stand as signs do. */
const isLetter = (character: string): boolean => /[\p{L}--[µºª]]/v.test(character)
const isLatin = (character: string): boolean => /\p{Script=Latin}/u.test(character)
const isDigit = (character: string): boolean => /[0-9]/.test(character)
const isCapital = (character: string): boolean => /\p{Lu}/u.test(character)
const isSmall = (character: string): boolean => /\p{Ll}/u.test(character)
const isControl = (character: string): boolean => /[\u0080-\u009f\ufffd]/.test(character)

/** Whether a sign stands where such signs do: a unit of money before its amount, a power behind what it is of. */
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

/** Counted, since most occur again and again. */
const occurrencesIn = (text: string): ReadonlyArray<readonly [Occurrence, number]> => {
  const counts = new Map<string, number>()
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue
    const key = (i > 0 ? text[i - 1]! : " ") + text[i]! + (text[i + 1] ?? " ")
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return Array.from(counts, ([key, count]) => [
    { before: key[0]!, character: key[1]!, after: key[2]! },
    count,
  ])
}

const likelihood = (occurrence: Occurrence, { letters, signs }: Model): number => {
  const { after, before, character } = occurrence
  if (isControl(character)) return control
  if (!isLetter(character)) {
    const isInWord = isLetter(before) && isLetter(after) && character !== "’" && character !== "·"
    const place = isInWord ? misplaced : isWellPlaced(occurrence) ? wellPlaced : 0
    // A language may have signs of its own, as Spanish has its ¿.
    return (letters.get(character) ?? signs.get(character) ?? unlikelySign) + place
  }
  const own = letters.get(character) ?? letters.get(character.toLowerCase()) ?? unlikelyLetter
  const isMisplaced =
    (isCapital(character) && isSmall(before)) ||
    (isSmall(character) && isCapital(after)) ||
    (!isLatin(character) && /[a-zA-Z]/.test(before + after)) ||
    isDigit(before) ||
    isDigit(after)
  // Most letters are small; where all are capital, their neighbours tell.
  const capital = isCapital(character) && !isCapital(before) && !isCapital(after) ? Math.log(0.3) : 0
  const isAlone = !isLetter(before) && !isLetter(after)
  return own + capital + (isMisplaced ? misplaced : isAlone ? alone : 0)
}

/** What comes again and again, as a unit in every row, says little more than if it came once. */
const weight = (count: number): number => 1 + Math.log10(count)

/** How likely the text is in the likeliest of the languages that the encoding is used for. */
const encodingLikelihood = (bytes: Uint8Array, encoding: Encoding): number => {
  const occurrences = occurrencesIn(new TextDecoder(encoding).decode(bytes))
  const sums = models
    .filter((model) => model.encodings.includes(encoding))
    .map((model) =>
      occurrences.reduce(
        (sum, [occurrence, count]) => sum + weight(count) * likelihood(occurrence, model),
        0,
      ),
    )
  return Math.max(...sums)
}

const others: ReadonlyArray<Encoding> = Array.from(
  new Set(languages.flatMap(({ encodings }) => encodings)),
).filter((encoding) => encoding !== "windows-1252")

/**
 * The single-byte encoding in which the bytes read most like a language: by the frequencies of its letters, and
 * by what stands beside them. windows-1252 where nothing speaks clearly for another.
 */
export const guessSingleByte = (bytes: Uint8Array): Encoding => {
  const sample = telling(bytes)
  const usual = encodingLikelihood(sample, "windows-1252")
  let best: Encoding = "windows-1252"
  let most = usual + margin
  for (const encoding of others) {
    const likely = encodingLikelihood(sample, encoding)
    if (likely > most) {
      best = encoding
      most = likely
    }
  }
  return best
}
