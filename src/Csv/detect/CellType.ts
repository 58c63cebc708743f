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
  /** Words, blanks, and the punctuation of prose. */
  text: 9,
  /** Holds what a cell seldom holds: a delimiter with nothing behind it, or a quote at its edge. */
  odd: 10,
} as const
export type CellType = (typeof CellType)[keyof typeof CellType]

export const cellTypes = 11

/** Whether the type is one that a header's cell seldom has. */
export const isTyped = (type: number): boolean => type >= CellType.integer && type <= CellType.link

/** What a byte can be in a cell. */
const Sign = {
  other: 0,
  digit: 1,
  letter: 2,
  blank: 3,
  /** Part of a word: `_` and the like. */
  joint: 4,
  colon: 5,
  slash: 6,
  comma: 7,
  point: 8,
  dash: 9,
  semicolon: 10,
  quote: 11,
  pipeOrTab: 12,
  currency: 13,
} as const

const signs: Uint8Array = (() => {
  const table = new Uint8Array(256)
  const mark = (characters: string, sign: number) => {
    for (const character of characters) table[character.charCodeAt(0)] = sign
  }
  mark("0123456789", Sign.digit)
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", Sign.letter)
  table.fill(Sign.letter, 0x80)
  mark(" ", Sign.blank)
  mark("_&@'*^~()", Sign.joint)
  mark(":", Sign.colon)
  mark("/\\", Sign.slash)
  mark(",", Sign.comma)
  mark(".", Sign.point)
  mark("-+", Sign.dash)
  mark(";", Sign.semicolon)
  mark('"', Sign.quote)
  mark("|\t", Sign.pipeOrTab)
  mark("$%#", Sign.currency)
  return table
})()

const singleQuote = 0x27
const atSign = 0x40
const slash = 0x2f
const colon = 0x3a
const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45
const isDateLetter = (byte: number): boolean =>
  byte === 0x54 || byte === 0x74 || byte === 0x5a || byte === 0x7a

/** A cell of digits and the signs between them: which kind, or -1. */
const numeric = (bytes: Uint8Array, from: number, to: number): number => {
  let dashes = 0
  let slashes = 0
  let points = 0
  let commas = 0
  let colons = 0
  let blanks = 0
  let dateLetters = 0
  let exponents = 0
  let digits = 0
  /** Length of the digits at hand, and of the shortest and longest that had a colon before them. */
  let run = 0
  let afterColon = false
  let afterComma = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    const sign = signs[byte]!
    if (sign === Sign.digit) {
      digits++
      run++
      continue
    }
    if (afterColon && run !== 2) return -1
    if (commas + points > 1 && afterComma && sign === Sign.comma && run !== 3) return -1
    if (sign === Sign.colon) {
      if (run === 0 || run > 3) return -1
      colons++
    } else if (sign === Sign.slash) slashes++
    else if (sign === Sign.point) points++
    else if (sign === Sign.comma) commas++
    else if (sign === Sign.blank) {
      if (++blanks > 2 && colons === 0 && run !== 3) return -1
    } else if (sign === Sign.dash) {
      if (i > from && !isExponent(bytes[i - 1]!)) dashes++
    } else if (isExponent(byte) && exponents === 0 && run > 0 && colons === 0) exponents++
    else if (isDateLetter(byte)) dateLetters++
    else if (sign !== Sign.currency) return -1
    afterColon = sign === Sign.colon
    afterComma = sign === Sign.comma
    run = 0
  }
  if (digits === 0 || (afterColon && run !== 2)) return -1
  const isDate = (dashes >= 2 && dashes <= 4) || slashes === 2
  if (colons > 0) {
    if (colons > 3 || commas > 1) return -1
    if (isDate || points >= 2) return CellType.timestamp
    return slashes === 0 ? CellType.time : -1
  }
  if (exponents > 0) return dashes + slashes + colons === 0 && points + commas <= 1 ? CellType.number : -1
  if (dateLetters > 0) return isDate ? CellType.date : -1
  if (isDate) return commas + points > 0 ? -1 : CellType.date
  if (slashes > 0 || dashes > 0) return commas === 0 ? CellType.word : -1
  if (points === 2 && commas === 0 && digits >= 4 && digits <= 8) return CellType.date
  if ((commas > 0 && points > 0) || commas > 1)
    return groupsOfThousands(bytes, from, to) ? CellType.number : -1
  if (points > 2 && commas === 0 && !groupsOfThousands(bytes, from, to)) return CellType.word
  return commas + points === 0 && bytes[to - 1] !== 0x25 ? CellType.integer : CellType.number
}

/** Whether the signs between the first digits and the last sign set off groups of three digits. */
const groupsOfThousands = (bytes: Uint8Array, from: number, to: number): boolean => {
  let separator = 0
  let decimal = 0
  let run = -1
  for (let i = from; i < to; i++) {
    const sign = signs[bytes[i]!]!
    if (sign === Sign.digit) {
      run = run < 0 ? 1 : run + 1
      continue
    }
    if (sign !== Sign.comma && sign !== Sign.point) continue
    if (decimal !== 0 || run < 1) return false
    if (separator === 0) {
      if (run > 3) return false
      separator = sign
    } else {
      if (run !== 3) return false
      if (sign !== separator) decimal = sign
    }
    run = 0
  }
  return decimal !== 0 ? run > 0 : run === 3
}

/** A cell that has letters or other signs. */
const textual = (bytes: Uint8Array, from: number, to: number): number => {
  let isWord = true
  let isToken = true
  let at = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    switch (signs[byte]!) {
      case Sign.digit:
      case Sign.letter:
      case Sign.joint:
      case Sign.dash:
      case Sign.point:
      case Sign.currency:
        if (byte === atSign) at = i
        break
      case Sign.colon:
        isWord = false
        if (bytes[i + 1] === slash && bytes[i + 2] === slash && i + 2 < to && i > from) return CellType.link
        break
      case Sign.slash:
        isWord = false
        break
      case Sign.quote:
        if (i === from || i === to - 1) return CellType.odd
        isWord = false
        isToken = false
        break
      case Sign.comma:
      case Sign.semicolon:
        // Prose has a blank behind it.
        if (i + 1 < to && signs[bytes[i + 1]!]! !== Sign.blank) return CellType.odd
        isWord = false
        isToken = false
        break
      case Sign.pipeOrTab:
        return CellType.odd
      default:
        isWord = false
        isToken = false
    }
  }
  if (bytes[from] === singleQuote && bytes[to - 1] === singleQuote && to - from > 1) return CellType.odd
  if (isWord) return at > from && at < to - 3 ? CellType.link : CellType.word
  return isToken ? CellType.token : CellType.text
}

/** The type of the cell `bytes[from, to)`; blanks around it do not count. */
export const cellType = (bytes: Uint8Array, from: number, to: number): number => {
  while (from < to && bytes[from] === 0x20) from++
  while (to > from && bytes[to - 1] === 0x20) to--
  if (from === to) return CellType.empty
  const first = signs[bytes[from]!]!
  const mayBeNumeric =
    first === Sign.digit ||
    ((first === Sign.dash || first === Sign.point || first === Sign.currency) && to - from > 1)
  if (mayBeNumeric && bytes[to - 1] !== colon) {
    const type = numeric(bytes, from, to)
    if (type >= 0) return type
  }
  return textual(bytes, from, to)
}

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
  weights[CellType.odd] = 0.2
  return weights
})()
