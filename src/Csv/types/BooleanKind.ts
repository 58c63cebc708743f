import type { ValueKind } from "./ValueKind.ts"

/** Formats: `true` and `false`, `TRUE` and `FALSE`, `True` and `False`, `t` and `f`. */
const lower = 1
const upper = 2
const capital = 4
export const letter = 8
const anyPair = lower | upper | capital | letter
export const sawTrue = 16
export const sawFalse = 32

/** Four bytes as one number. */
const packed = (a: number, b: number, c: number, d: number): number => (a << 24) | (b << 16) | (c << 8) | d
const packedText = (text: string): number =>
  packed(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2), text.charCodeAt(3))

const [lowerTrue, upperTrue, capitalTrue] = ["true", "TRUE", "True"].map(packedText)
const [lowerFals, upperFals, capitalFals] = ["fals", "FALS", "Fals"].map(packedText)
const letterT = 0x74
const letterF = 0x66
const letterE = 0x65
const capitalE = 0x45

const factsOf = (bytes: Uint8Array, from: number, to: number): number => {
  const length = to - from
  if (length === 1) {
    if (bytes[from] === letterT) return letter | sawTrue
    return bytes[from] === letterF ? letter | sawFalse : 0
  }
  if (length !== 4 && length !== 5) return 0
  const four = packed(bytes[from]!, bytes[from + 1]!, bytes[from + 2]!, bytes[from + 3]!)
  if (length === 4) {
    if (four === lowerTrue) return lower | sawTrue
    if (four === upperTrue) return upper | sawTrue
    return four === capitalTrue ? capital | sawTrue : 0
  }
  const last = bytes[from + 4]
  if (four === lowerFals && last === letterE) return lower | sawFalse
  if (four === upperFals && last === capitalE) return upper | sawFalse
  return four === capitalFals && last === letterE ? capital | sawFalse : 0
}

/**
 * Booleans, written with the same two words in all values. `t` and `f`, as in Postgres's own exports, must both occur,
 * because one alone is as likely a code (`f` for female). `0` and `1` are numbers. `yes` and `no`, or `y` and `n`, are
 * answers, and often there is a third one.
 */
export const booleanKind: ValueKind = {
  start: anyPair,
  look: (bytes, from, to, facts) => {
    const word = factsOf(bytes, from, to)
    const pair = facts & word & anyPair
    return pair === 0 ? 0 : pair | ((facts | word) & (sawTrue | sawFalse))
  },
  type: (facts) => {
    const sawBoth = (facts & sawTrue) !== 0 && (facts & sawFalse) !== 0
    return (facts & letter) === 0 || sawBoth ? "boolean" : "text"
  },
  original: (facts, name) => {
    if ((facts & lower) !== 0) return `${name}::text`
    if ((facts & upper) !== 0) return `upper(${name}::text)`
    return (facts & capital) !== 0 ? `initcap(${name}::text)` : `left(${name}::text, 1)`
  },
}
