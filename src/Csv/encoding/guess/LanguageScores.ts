import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { type CharacterTable, characterTable } from "./CharacterTable.ts"
import type { Word } from "./collectWords.ts"
import { languageModels, stepsPerLog } from "./languageModels.ts"
import { controlClass, letterClass, letterClasses } from "./LetterClass.ts"

interface Language {
  readonly encodings: ReadonlySet<string>
  /** Whether it is written with ASCII letters. */
  readonly isLatin: boolean
  readonly letters: ReadonlyMap<string, number>
  readonly classes: Map<Encoding, Uint8Array>
  /** Number of classes of characters. */
  readonly size: number
  /** Negative log frequency of a class after another one, in steps. */
  readonly matrix: Uint8Array
}

const parsed = (model: string): Language => {
  const [, encodings = "", alphabet = "", matrix = ""] = model.split("\t")
  return {
    encodings: new Set(encodings.split(" ")),
    isLatin: alphabet.includes("a"),
    letters: letterClasses(alphabet),
    classes: new Map(),
    size: letterClass + alphabet.length,
    matrix: Uint8Array.from(matrix, (step) => step.charCodeAt(0) - 35),
  }
}

let loaded: ReadonlyArray<Language> | null = null

/** Parsed with the first guess, because most files are UTF-8. */
const languages = (): ReadonlyArray<Language> => {
  loaded ??= languageModels.map(parsed)
  return loaded
}

/** The classes of an encoding's bytes in a language. */
const classesOf = ({ classed, encoding }: CharacterTable, language: Language): Uint8Array => {
  const known = language.classes.get(encoding)
  if (known !== undefined) return known
  const classes = Uint8Array.from(classed, ({ other, small }) => language.letters.get(small) ?? other)
  language.classes.set(encoding, classes)
  return classes
}

/**
 * The log-likelihood of the words in a language, by pairs of characters.
 *
 * @param least only pairs with a byte of at least this value count
 */
const likelihood = (
  words: ReadonlyArray<Word>,
  table: CharacterTable,
  language: Language,
  least: 0 | 0x80,
): number => {
  const classes = classesOf(table, language)
  const { matrix, size } = language
  let sum = 0
  for (const { bytes, weight } of words) {
    let steps = 0
    let inClass = 0
    for (let i = 1; i < bytes.length; i++) {
      const before = bytes[i - 1]!
      const byte = bytes[i]!
      if (before < least && byte < least) continue
      steps += matrix[classes[before]! * size + classes[byte]!]!
      if (byte >= 0x80 && classes[byte]! < controlClass) inClass += table.shares[byte]!
    }
    sum += weight * (inClass - steps / stepsPerLog)
  }
  return sum
}

/** ASCII text counts less than other letters, because it may be in another language, such as that of the header. */
const asciiWeight = 0.3
const maxAsciiPairs = 40
/** How much less likely text of another script is with each ASCII word, up to a limit. */
const asciiWordCost = 0.5
const maxAsciiCost = 10

/** The log-likelihood of ASCII words. */
export interface AsciiScores {
  readonly inLanguages: ReadonlyArray<number>
  /** In a language that is not written with ASCII letters. */
  readonly inOtherScripts: number
}

/**
 * The log-likelihood of ASCII words in each language, however many they are. In languages that are not written with ASCII
 * letters, such words are English.
 */
export const asciiScores = (words: ReadonlyArray<Word>): AsciiScores => {
  const ascii = characterTable("windows-1252")
  const pairs = words.reduce((sum, { bytes }) => sum + bytes.length - 1, 0)
  const weight = Math.min(asciiWeight, maxAsciiPairs / pairs)
  const all = languages()
  const inEnglish = weight * likelihood(words, ascii, all[english]!, 0)
  const inOtherScripts = inEnglish - Math.min(maxAsciiCost, words.length * asciiWordCost)
  return {
    inOtherScripts,
    inLanguages: all.map((language) =>
      language.isLatin ? weight * likelihood(words, ascii, language, 0) : inOtherScripts,
    ),
  }
}

const english = 0

/** The log-likelihood of the words in the likeliest language of the encoding. */
export const bestLanguage = (words: ReadonlyArray<Word>, ascii: AsciiScores, table: CharacterTable): number =>
  languages().reduce(
    (best, language, n) =>
      language.encodings.has(table.encoding)
        ? Math.max(best, ascii.inLanguages[n]! + likelihood(words, table, language, 0x80))
        : best,
    -Infinity,
  )
