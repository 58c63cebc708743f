/** What the text of a cell looks like. The order has no meaning, but `isTyped` and `isMatrix` rely on it. */
export const CellKind = {
  empty: 0,
  integer: 1,
  /** With a decimal point or comma, digit groups, an exponent, a currency sign or a percent sign. */
  number: 2,
  date: 3,
  time: 4,
  timestamp: 5,
  link: 6,
  /** Letters and digits without a space: a name, a code. */
  word: 7,
  /** A word with colons or slashes inside, as in paths and hardware addresses. */
  token: 8,
  /** Words and spaces, with the points of prose. */
  text: 9,
  /** Text with commas or semicolons, each with a space after it. */
  clauses: 10,
  /** Contains what a single value rarely does: a delimiter without a space after it, or a quote at its edge. */
  odd: 11,
} as const
export type CellKind = (typeof CellKind)[keyof typeof CellKind]

export const cellKinds = 12

/** Whether a header rarely has a cell of this kind. */
export const isTyped = (kind: number): boolean => kind >= CellKind.integer && kind <= CellKind.link

/**
 * How strongly a cell of each kind supports the dialect that produced it: 1 for what is surely one value, little for what
 * looks like two values that should have been split.
 */
export const weight: ReadonlyArray<number> = (() => {
  const weights = Array.from({ length: cellKinds }, () => 1)
  weights[CellKind.empty] = 0.6
  weights[CellKind.word] = 0.9
  weights[CellKind.token] = 0.6
  weights[CellKind.text] = 0.7
  weights[CellKind.clauses] = 0.6
  weights[CellKind.odd] = 0.15
  return weights
})()
