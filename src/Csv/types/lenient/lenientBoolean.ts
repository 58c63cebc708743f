import { lowerCase, spacesEnd, spacesStart } from "../../../Bytes/Ascii.ts"
import { letter, sawFalse as sawStrictFalse, sawTrue as sawStrictTrue } from "../BooleanKind.ts"
import { hasType } from "./strictReading.ts"
import { onlyNotation, type Reading, Taken } from "./Reading.ts"

const open = 1
/** The words seen, as bits: `true`, `false`, `t`, `f`, `yes`, `no`, `y`, `n`, `on`, `off`. */
const words = ["true", "false", "t", "f", "yes", "no", "y", "n", "on", "off"]
const bits: ReadonlyMap<string, number> = new Map(words.map((word, index) => [word, 2 << index]))
const bitsOf = (...some: ReadonlyArray<string>): number =>
  some.reduce((sum, word) => sum | (bits.get(word) ?? 0), 0)

/** The words of which one alone can be nothing else: not a code, as `NO` for Norway and `ON` for Ontario. */
const certain = bitsOf("true", "false")
/** Words for true and false that belong together. */
const pairs = [
  [bitsOf("true", "t"), bitsOf("false", "f")],
  [bitsOf("yes", "y"), bitsOf("no", "n")],
  [bitsOf("on"), bitsOf("off")],
] as const
const letters = [bitsOf("t", "f"), bitsOf("y", "n")] as const
const anyLetter = letters[0] | letters[1]

const longest = 5

/** The bit of the word `bytes[from, to)`, in any letter case and between optional spaces; 0 if it is none. */
const bitOf = (bytes: Uint8Array, from: number, to: number): number => {
  const begin = spacesEnd(bytes, from, to)
  const end = spacesStart(bytes, begin, to)
  if (end - begin > longest) return 0
  let word = ""
  for (let at = begin; at < end; at++) word += String.fromCharCode(bytes[at]! | lowerCase)
  return bits.get(word) ?? 0
}

/** Letters of two pairs, without a word, are codes: N, T and Y. */
const areCodes = (facts: number): boolean =>
  (facts & ~(open | anyLetter)) === 0 && letters.every((pair) => (facts & pair) !== 0)

/**
 * The words for true and false that Postgres knows: `yes` and `no`, `y` and `n`, `on` and `off` besides those of the strict
 * booleans, in any letter case. A column of them is boolean only if the two words of a pair occur, or `true` or `false`. `0`
 * and `1` are numbers.
 */
export const lenientBoolean: Reading = {
  ...onlyNotation,
  begin: ({ facts, kind }) => {
    if (kind === null) return open
    if (kind !== "boolean") return 0
    const isLetter = (facts & letter) !== 0
    return (
      open |
      ((facts & sawStrictTrue) === 0 ? 0 : bitsOf(isLetter ? "t" : "true")) |
      ((facts & sawStrictFalse) === 0 ? 0 : bitsOf(isLetter ? "f" : "false"))
    )
  },
  look: (bytes, from, to, facts) => {
    const bit = bitOf(bytes, from, to)
    return bit === 0 ? 0 : facts | bit
  },
  take: (bytes, from, to) => (hasType("boolean", bytes, from, to) ? Taken.same : Taken.refused),
  type: (facts) => {
    const hasPair = pairs.some(([yes, no]) => (facts & yes) !== 0 && (facts & no) !== 0)
    return (facts & certain) !== 0 || (hasPair && !areCodes(facts)) ? "boolean" : "text"
  },
  convert: (_, name) => `${name}::boolean`,
}
