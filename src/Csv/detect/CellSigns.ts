/** What a byte can be in a cell. */
export const Sign = {
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

export const signs: Uint8Array = (() => {
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
