import type { Encoding } from "../../Domain/load/Encoding.ts"
import { space } from "../../Bytes/Ascii.ts"
import { commonSigns, languages } from "./Letters.ts"

/** This many bytes beyond ASCII are judged. */
const enough = 2000

/** The bytes beyond ASCII, each with its neighbours in one number, and how often they occur. */
const countTriples = (bytes: Uint8Array): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  let judged = 0
  for (let i = 0; i < bytes.length && judged < enough; i++) {
    if (bytes[i]! < 0x80) continue
    judged++
    const triple = ((bytes[i - 1] ?? space) << 16) | (bytes[i]! << 8) | (bytes[i + 1] ?? space)
    counts.set(triple, (counts.get(triple) ?? 0) + 1)
  }
  return counts
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

/** A test of single characters that remembers its results: the encodings have a few hundred characters in all. */
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

/** Unicode counts µ, º and ª among the letters, though they stand as signs do. */
const isLetter = isOf(/[\p{L}--[µºª]]/v)
const isLatin = isOf(/\p{Script=Latin}/u)
const isDigit = isOf(/[0-9]/)
const isCapital = isOf(/\p{Lu}/u)
const isSmall = isOf(/\p{Ll}/u)
const isControl = isOf(/[\u0080-\u009f\ufffd]/)

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

/** How well a sign stands between its neighbours. */
const placeOfSign = (occurrence: Occurrence): number => {
  const { after, before, character } = occurrence
  const isInWord = isLetter(before) && isLetter(after) && character !== "’" && character !== "·"
  return isInWord ? misplaced : isWellPlaced(occurrence) ? wellPlaced : 0
}

/** How well a letter stands between its neighbours. */
const placeOfLetter = ({ after, before, character }: Occurrence): number => {
  const isMisplaced =
    (isCapital(character) && isSmall(before)) ||
    (isSmall(character) && isCapital(after)) ||
    (!isLatin(character) && /[a-zA-Z]/.test(before + after)) ||
    isDigit(before) ||
    isDigit(after)
  // Most letters are small; where all are capital, their neighbours tell.
  const capital = isCapital(character) && !isCapital(before) && !isCapital(after) ? Math.log(0.3) : 0
  const isAlone = !isLetter(before) && !isLetter(after)
  return capital + (isMisplaced ? misplaced : isAlone ? alone : 0)
}

/** How well a character stands between its neighbours, in any language. */
const place = (occurrence: Occurrence): number => {
  if (isControl(occurrence.character)) return 0
  return isLetter(occurrence.character) ? placeOfLetter(occurrence) : placeOfSign(occurrence)
}

/** How likely a character is in a language, wherever it stands. */
const frequency = (character: string, { letters, signs }: Model): number => {
  if (isControl(character)) return control
  // A language may have signs of its own, as Spanish has its ¿.
  if (!isLetter(character)) return letters.get(character) ?? signs.get(character) ?? unlikelySign
  return letters.get(character) ?? letters.get(character.toLowerCase()) ?? unlikelyLetter
}

/** What comes again and again, as a unit in every row, says little more than if it came once. */
const weight = (count: number): number => 1 + Math.log10(count)

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** How likely the text is in the likeliest of the languages that the encoding is used for. */
const encodingLikelihood = (triples: ReadonlyMap<number, number>, encoding: Encoding): number => {
  const characters = new TextDecoder(encoding).decode(allBytes)
  const weights = new Map<string, number>()
  let places = 0
  for (const [triple, count] of triples) {
    const before = characters[triple >> 16]!
    const character = characters[(triple >> 8) & 0xff]!
    const after = characters[triple & 0xff]!
    places += weight(count) * place({ before, character, after })
    weights.set(character, (weights.get(character) ?? 0) + weight(count))
  }
  const sums = models
    .filter((model) => model.encodings.includes(encoding))
    .map((model) =>
      Array.from(weights).reduce(
        (sum, [character, weight]) => sum + weight * frequency(character, model),
        places,
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
