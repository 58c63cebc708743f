/** The role that a byte can have in a cell. */
export const ByteClass = {
  other: 0,
  digit: 1,
  letter: 2,
  space: 3,
  /** Part of a word, such as `_`. */
  wordPart: 4,
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

/** The class of each byte. Bytes above ASCII count as letters. */
export const byteClasses: Uint8Array = (() => {
  const table = new Uint8Array(256)
  const mark = (characters: string, byteClass: number) => {
    for (const character of characters) table[character.charCodeAt(0)] = byteClass
  }
  mark("0123456789", ByteClass.digit)
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", ByteClass.letter)
  table.fill(ByteClass.letter, 0x80)
  mark(" ", ByteClass.space)
  mark("_&@'*^~()", ByteClass.wordPart)
  mark(":", ByteClass.colon)
  mark("/\\", ByteClass.slash)
  mark(",", ByteClass.comma)
  mark(".", ByteClass.point)
  mark("-+", ByteClass.dash)
  mark(";", ByteClass.semicolon)
  mark('"', ByteClass.quote)
  mark("|\t", ByteClass.pipeOrTab)
  mark("$%#", ByteClass.currency)
  return table
})()
