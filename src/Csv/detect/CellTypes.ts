/** What the text of a cell looks like. The order is by no means a rank. */
export const CellType = {
  empty: 0,
  integer: 1,
  /** With a point or a comma, groups of thousands, an exponent, a currency sign or a percent sign. */
  number: 2,
  date: 3,
  time: 4,
  timestamp: 5,
  link: 6,
  /** Letters and digits without a blank: a name, a code. */
  word: 7,
  /** A word with colons or slashes inside, as paths and hardware addresses have. */
  token: 8,
  /** Words and blanks, and the points of prose. */
  text: 9,
  /** The same with commas or semicolons, and a blank behind each. */
  clauses: 10,
  /** Holds what a cell seldom holds: a delimiter with nothing behind it, or a quote at its edge. */
  odd: 11,
} as const
export type CellType = (typeof CellType)[keyof typeof CellType]

export const cellTypes = 12

/** Whether the type is one that a header's cell seldom has. */
export const isTyped = (type: number): boolean => type >= CellType.integer && type <= CellType.link

/**
 * How well a cell of the type speaks for the dialect that has cut it out: 1 for what is surely a value of its
 * own, little for what looks like two values that were not parted.
 */
export const weight: ReadonlyArray<number> = (() => {
  const weights = Array.from({ length: cellTypes }, () => 1)
  weights[CellType.empty] = 0.6
  weights[CellType.word] = 0.9
  weights[CellType.token] = 0.6
  weights[CellType.text] = 0.7
  weights[CellType.clauses] = 0.6
  weights[CellType.odd] = 0.15
  return weights
})()
