import type { ValueKind } from "./ValueKind.ts"

/** The pairs: `true` and `false`, `TRUE` and `FALSE`, `True` and `False`, `t` and `f`. */
const lower = 1
const upper = 2
const capital = 4
const letter = 8
const anyPair = lower | upper | capital | letter
const metTrue = 16
const metFalse = 32

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
    if (bytes[from] === letterT) return letter | metTrue
    return bytes[from] === letterF ? letter | metFalse : 0
  }
  if (length !== 4 && length !== 5) return 0
  const four = packed(bytes[from]!, bytes[from + 1]!, bytes[from + 2]!, bytes[from + 3]!)
  if (length === 4) {
    if (four === lowerTrue) return lower | metTrue
    if (four === upperTrue) return upper | metTrue
    return four === capitalTrue ? capital | metTrue : 0
  }
  const last = bytes[from + 4]
  if (four === lowerFals && last === letterE) return lower | metFalse
  if (four === upperFals && last === capitalE) return upper | metFalse
  return four === capitalFals && last === letterE ? capital | metFalse : 0
}

/**
 * Truth values, in one pair of words throughout. `t` and `f`, which is how Postgres writes them to a file, must
 * both occur: either alone is as likely a code, `f` for female. `0` and `1` are numbers; `yes` and `no`, `y` and
 * `n` are answers, of which there are often more than two.
 */
export const booleanKind: ValueKind = {
  start: anyPair,
  look: (bytes, from, to, facts) => {
    const word = factsOf(bytes, from, to)
    const pair = facts & word & anyPair
    return pair === 0 ? 0 : pair | ((facts | word) & (metTrue | metFalse))
  },
  type: (facts) => {
    const areBothMet = (facts & metTrue) !== 0 && (facts & metFalse) !== 0
    return (facts & letter) === 0 || areBothMet ? "boolean" : "text"
  },
}
