import type { Encoding } from "../../../Domain/load/Encoding.ts"
import { upperCharacters } from "../characters/upperCharacters.ts"
import { frequencyInClass } from "./symbolFrequencies.ts"
import { type ClassedCharacter, classedCharacter, isLetter } from "./LetterClass.ts"

/** Kinds of characters by which their neighbours are judged. */
export const Kind = {
  capital: 1,
  small: 2,
  /** A letter without case. */
  caseless: 4,
  letter: 7,
  digit: 8,
  latin: 16,
  /** Above U+007F. */
  high: 32,
  space: 64,
} as const

const kindOf = (character: string | null): number => {
  if (character === null) return Kind.high
  const high = character < "\u0080" ? 0 : Kind.high
  if (character >= "0" && character <= "9") return Kind.digit
  if (character === " ") return Kind.space
  if (!isLetter(character)) return high
  const latin = /\p{Script=Latin}/u.test(character) ? Kind.latin : 0
  const letter = /\p{Lu}/u.test(character)
    ? Kind.capital
    : /\p{Ll}/u.test(character)
      ? Kind.small
      : Kind.caseless
  return high | latin | letter
}

/** The characters of an encoding's bytes, and their kinds. */
export interface CharacterTable {
  readonly encoding: Encoding
  /** `null`: the encoding has no such byte. */
  readonly characters: ReadonlyArray<string | null>
  readonly kinds: Uint8Array
  /** The log frequency of each character in its class, if it is not a letter of the alphabet. */
  readonly shares: Float64Array
  readonly classed: ReadonlyArray<ClassedCharacter>
}

const ascii = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte))

export const characterTable = (encoding: Encoding): CharacterTable => {
  const characters = [...ascii, ...upperCharacters(encoding)]
  return {
    encoding,
    characters,
    kinds: Uint8Array.from(characters, kindOf),
    shares: Float64Array.from(characters, frequencyInClass),
    classed: characters.map(classedCharacter),
  }
}
