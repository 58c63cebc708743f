// Writes src/Csv/encoding/guess/languageModels.ts from the texts of scripts/encodings: `npm run build:encodings`.
import { writeFileSync } from "node:fs"
import {
  classedCharacter,
  isLetter,
  latinClass,
  letterClass,
  letterClasses,
  symbolClass,
} from "../../src/Csv/encoding/guess/LetterClass.ts"
import { upperCharacters } from "../../src/Csv/encoding/characters/upperCharacters.ts"
import type { Encoding } from "../../src/Domain/load/Encoding.ts"
import { ideographicLanguages, textOf, type TrainingLanguage, trainingLanguages } from "./trainingTexts.ts"

const singleByteEncodings: ReadonlyArray<Encoding> = [
  "windows-1250",
  "windows-1251",
  "windows-1252",
  "windows-1253",
  "windows-1254",
  "windows-1255",
  "windows-1256",
  "windows-1257",
  "windows-1258",
  "windows-874",
  "iso-8859-2",
  "iso-8859-3",
  "iso-8859-4",
  "iso-8859-5",
  "iso-8859-6",
  "iso-8859-7",
  "iso-8859-8",
  "iso-8859-10",
  "iso-8859-13",
  "iso-8859-14",
  "iso-8859-15",
  "iso-8859-16",
  "koi8-r",
  "koi8-u",
  "macintosh",
  "x-mac-cyrillic",
  "ibm437",
  "ibm850",
  "ibm852",
  "ibm855",
  "ibm866",
]

/** A letter that occurs less often in the texts is not of the alphabet. */
const minCount = 3
/** Occurrences that a letter of the alphabet has at least, and the weight of its frequency among pairs. */
const addedCount = 6
const pairWeight = 8
const singleWeight = 0.08
/** The least share of the classes that texts of letters lack: gaps, digits, symbols, ASCII letters, odd ones, controls. */
const leastShares = [0.01, 0.01, 0, 0.002, 0.0005, 1e-6]
const symbolShare = 0.02
const symbolAfterLetterShare = 0.003
/** Frequencies are written in steps of a quarter of their natural logarithm. */
const stepsPerLog = 4
const maxSteps = 56
/** An encoding may lack this share of the letters beyond ASCII, such as œ in French. */
const maxMissing = 0.02

interface Model {
  readonly name: string
  readonly alphabet: string
  readonly encodings: ReadonlyArray<Encoding>
  readonly counts: ReadonlyMap<string, number>
  readonly text: string
}

const countCharacters = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return counts
}

const lower = (text: string): string => text.replaceAll("İ", "i").toLowerCase()

const modelOf = (language: TrainingLanguage): Model => {
  const text = lower(textOf(language))
  const counts = new Map(countCharacters(text))
  for (const letter of language.letters ?? "") counts.set(letter, (counts.get(letter) ?? 0) + addedCount)
  const isLatin = (counts.get("a") ?? 0) > text.length / 100
  const alphabet = Array.from(counts)
    .filter(([letter, count]) => isLetter(letter) && count >= minCount)
    .filter(([letter]) => (letter < "\u0080" ? isLatin : true))
    .toSorted(([, a], [, b]) => b - a)
    .map(([letter]) => letter)
    .join("")
  // Names of other countries bring letters into a Latin text that its language does not have.
  const own = Array.from(isLatin ? (language.letters ?? "") : alphabet, (letter) => ({
    letter,
    count: counts.get(letter)!,
  }))
  const sum = (letters: typeof own) => letters.reduce((total, { count }) => total + count, 0)
  const encodings = singleByteEncodings.filter((encoding) => {
    const characters = new Set(upperCharacters(encoding))
    const missing = own.filter(({ letter }) => !characters.has(letter))
    return (
      sum(missing) <= maxMissing * sum(own) &&
      (!isLatin || (characters.has("é") && encoding !== "windows-1256"))
    )
  })
  return { name: language.name, alphabet, encodings, counts, text }
}

/** The steps for each pair of classes, first by the class that comes before. */
const matrixOf = ({ alphabet, text }: { readonly alphabet: string; readonly text: string }): Uint8Array => {
  const size = letterClass + alphabet.length
  const letters = letterClasses(alphabet)
  const classes = Array.from(text, (character) => {
    const { other, small } = classedCharacter(character)
    return letters.get(small) ?? other
  })
  const singles = new Float64Array(size).fill(addedCount, letterClass)
  const pairs = new Float64Array(size * size)
  const firsts = new Float64Array(size)
  classes.forEach((current, n) => {
    singles[current]!++
    if (n === 0) return
    pairs[classes[n - 1]! * size + current]!++
    firsts[classes[n - 1]!]!++
  })
  const total = singles.reduce((sum, count) => sum + count, 0)
  const shares = singles.map((count, index) =>
    index === symbolClass ? symbolShare : Math.max(count / total, leastShares[index] ?? 0),
  )
  return Uint8Array.from(pairs, (count, index) => {
    const before = Math.floor(index / size)
    const share = shares[index % size]!
    // The texts have few symbols, and those of tables do not depend on the language.
    if (before === symbolClass) return Math.round(-stepsPerLog * Math.log(share))
    if (index % size === symbolClass)
      return Math.round(-stepsPerLog * Math.log(before < latinClass ? symbolShare : symbolAfterLetterShare))
    const seen = firsts[before]!
    const single = Math.max(singleWeight, pairWeight / (seen + pairWeight))
    const pair = seen === 0 ? 0 : count / seen
    return Math.round(-stepsPerLog * Math.log((1 - single) * pair + single * share))
  })
}

const models = trainingLanguages.map(modelOf)

/** Lists of names from many countries: the texts of all languages that these encodings have. */
const pools = (
  [
    ["Western names", "windows-1252"],
    ["Central European names", "windows-1250"],
    ["Baltic names", "windows-1257"],
  ] as const
).map(([name, encoding]) => {
  const members = models.filter(({ encodings }) => encodings.includes(encoding))
  const text = members.map((model) => model.text).join("\n")
  const counts = countCharacters(text)
  const characters = new Set(upperCharacters(encoding))
  const alphabet = Array.from(counts)
    .filter(([letter]) => isLetter(letter) && (letter < "\u0080" || characters.has(letter)))
    .filter(([, count]) => count >= minCount * 3)
    .toSorted(([, a], [, b]) => b - a)
    .map(([letter]) => letter)
    .join("")
  const encodings = singleByteEncodings.filter((other) => {
    const upper = new Set(upperCharacters(other))
    return Array.from(alphabet).filter((letter) => letter >= "\u0080" && !upper.has(letter)).length <= 12
  })
  return { name, alphabet, encodings, text }
})

const isIdeographic = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

const frequentCharacters = ideographicLanguages.map(({ code, name }) => ({
  name,
  characters: Array.from(countCharacters(textOf({ code, name })))
    .filter(([character]) => isIdeographic.test(character))
    .toSorted(([, a], [, b]) => b - a)
    .map(([character]) => character)
    .join(""),
}))

const all = [...models, ...pools]

/** Steps as characters from `#`, which need no escape in a string up to `[`. */
const asText = (steps: Uint8Array): string =>
  String.fromCharCode(...Array.from(steps, (step) => 35 + Math.min(step, maxSteps)))

const literal = (value: string): string => JSON.stringify(value)

writeFileSync(
  new URL("../../src/Csv/encoding/guess/languageModels.ts", import.meta.url),
  `// Written by scripts/encodings/encodingModels.ts from the texts of scripts/encodings. Do not edit.

/** Frequencies are in steps of this part of their natural logarithm. */
export const stepsPerLog = ${stepsPerLog}

/**
 * Languages. Each has a name, the single-byte encodings that have its letters, its alphabet beginning with the most
 * frequent letter, and for each class of characters the negative logarithm of the frequency of each class after it, in
 * steps, as characters from \`#\`.
 */
export const languageModels: ReadonlyArray<string> = [
${all
  .map(
    (
      model,
    ) => `  ${literal([model.name, model.encodings.join(" "), model.alphabet, asText(matrixOf(model))].join("\t"))},
`,
  )
  .join("")}]

/** The characters of texts in East Asian languages, beginning with the most frequent one. */
export const frequentCharacters: ReadonlyMap<string, string> = new Map([
${frequentCharacters
  .map(
    ({ name, characters }) => `  [${literal(name)}, ${literal(characters)}],
`,
  )
  .join("")}])
`,
)
