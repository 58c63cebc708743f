/** Unicode classifies µ, º and ª as letters, but they are used like symbols. Vowel signs and tone marks are letters here. */
const letter = /[[\p{L}\p{M}]--[µºª]]/v

export const isLetter = (character: string): boolean => letter.test(character)

/**
 * The characters that a language's model distinguishes, as numbers. Letters of its alphabet follow these classes, in the
 * alphabet's order.
 */
const gapClass = 0
const digitClass = 1
export const symbolClass = 2
/** An ASCII letter in a language that is not written with them. */
export const latinClass = 3
/** A letter that the language does not have. */
const oddClass = 4
/** A control character beyond ASCII, or a byte that the encoding does not have. */
export const controlClass = 5
export const letterClass = 6

/** Small letters. Unlike `toLowerCase`, one character stays one. */
const small = (character: string): string => (character === "İ" ? "i" : character.toLowerCase())

/** The class of a character that is not a letter of the alphabet. `null`: the encoding has no such byte. */
const otherClass = (character: string | null): number => {
  if (character === null || /[\u0080-\u009f]/.test(character)) return controlClass
  if (isLetter(character)) return character < "\u0080" ? latinClass : oddClass
  if (character >= "0" && character <= "9") return digitClass
  return character < "\u0080" ? gapClass : symbolClass
}

/** A character's small letter, and its class in an alphabet without that. */
export interface ClassedCharacter {
  readonly small: string
  readonly other: number
}

export const classedCharacter = (character: string | null): ClassedCharacter => ({
  small: character === null ? "" : small(character),
  other: otherClass(character),
})

/** The number of each small letter of an alphabet. */
export const letterClasses = (alphabet: string): ReadonlyMap<string, number> =>
  new Map(Array.from(alphabet, (letter, index) => [letter, letterClass + index]))
