import { type CharacterTable, Kind } from "./CharacterTable.ts"
import type { Word } from "./collectWords.ts"
import { symbolFrequencies } from "./symbolFrequencies.ts"

/** For a letter next to a digit. */
const besideDigit = Math.log(0.02)
/** For a symbol in a word, or a capital in a word of small letters. */
const misplaced = Math.log(0.001)
/** For a symbol in its usual position. */
const wellPlaced = Math.log(20)
/** For a letter next to one of another script. */
const foreign = Math.log(0.0005)
/** For a word of one letter, in the Latin script and in others. */
const isolated = Math.log(0.15)
const isolatedCapital = Math.log(0.02)
const isolatedOther = Math.log(0.005)
/** Most letters are small. */
const capital = Math.log(0.3)

const isAsciiLetter = (character: string): boolean => /[a-zA-Z]/.test(character)

/** Whether a symbol next to a letter is where it usually is, such as an exponent after a unit. */
const isWellPlaced = (character: string, before: string, after: string): boolean => {
  const isAfterLetter = isAsciiLetter(before)
  const isBeforeLetter = isAsciiLetter(after)
  if ("’·".includes(character)) return isAfterLetter && isBeforeLetter
  if ("“«„‘¿¡£€¥№§©µ°".includes(character)) return !isAfterLetter
  if ("”»²³®™…".includes(character)) return !isBeforeLetter
  return "ºª".includes(character) && /[0-9 nNM]/.test(before)
}

/** Symbols that never stand after a letter. */
const opening = "„¿¡"

/** The log-likelihood of a symbol between its neighbours. */
const symbolPosition = (
  { characters, kinds }: CharacterTable,
  before: number,
  byte: number,
  after: number,
): number => {
  const character = characters[byte]!
  const isAfterLetter = (kinds[before]! & Kind.letter) !== 0
  const isBeforeLetter = (kinds[after]! & Kind.letter) !== 0
  if (isAfterLetter && isBeforeLetter && !"’·\u00ad\u200c\u200d".includes(character)) return misplaced
  if (isAfterLetter && opening.includes(character)) return misplaced
  if (!symbolFrequencies.has(character)) return 0
  const isFree = !isAfterLetter && !isBeforeLetter && character !== "’"
  return isFree || isWellPlaced(character, characters[before] ?? "", characters[after] ?? "") ? wellPlaced : 0
}

const isolatedLetter = (kind: number): number => {
  if ((kind & Kind.latin) === 0) return isolatedOther
  return (kind & Kind.capital) === 0 ? isolated : isolatedCapital
}

/** The log-likelihood of a letter between its neighbours. */
const letterPosition = ({ kinds }: CharacterTable, before: number, byte: number, after: number): number => {
  const kind = kinds[byte]!
  const kindBefore = kinds[before]!
  const kindAfter = kinds[after]!
  const neighbours = kindBefore | kindAfter
  const isLatin = (kind & Kind.latin) !== 0
  if (!isLatin && (neighbours & Kind.latin) !== 0) return foreign
  if ((neighbours & Kind.letter) === 0)
    return (neighbours & Kind.digit) !== 0 ? besideDigit : isolatedLetter(kind)
  const isMisplaced =
    (kind & Kind.capital) !== 0
      ? (kindBefore & Kind.small) !== 0 ||
        ((kindBefore & Kind.letter) !== 0 && (kindAfter & Kind.small) !== 0)
      : (kind & Kind.small) !== 0 && (kindAfter & Kind.capital) !== 0
  // In text of capitals, a neighbour is a capital as well.
  const isCapital = (kind & Kind.capital) !== 0 && (neighbours & Kind.capital) === 0
  return (
    (isCapital ? capital : 0) +
    (isMisplaced ? misplaced : 0) +
    ((neighbours & Kind.digit) !== 0 ? besideDigit : 0)
  )
}

/** The log-likelihood of the words' characters beyond ASCII between their neighbours, in any language. */
export const positions = (words: ReadonlyArray<Word>, table: CharacterTable): number => {
  let sum = 0
  for (const { bytes, weight } of words) {
    let word = 0
    for (let i = 1; i < bytes.length - 1; i++) {
      const byte = bytes[i]!
      if (byte < 0x80 || table.characters[byte] === null) continue
      const position = (table.kinds[byte]! & Kind.letter) !== 0 ? letterPosition : symbolPosition
      word += position(table, bytes[i - 1]!, byte, bytes[i + 1]!)
    }
    sum += weight * word
  }
  return sum
}
