export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
/** The bit that makes a letter lower case. No other byte becomes a letter by it. */
export const lowerCase = 0x20
export const doubleQuote = 0x22
export const hash = 0x23
export const singleQuote = 0x27
export const plus = 0x2b
export const comma = 0x2c
export const minus = 0x2d
export const point = 0x2e
export const zero = 0x30
export const colon = 0x3a
export const backslash = 0x5c
export const bar = 0x7c

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= zero && byte <= 0x39

/** Index of the first byte in `bytes[from, to)` that is not a digit, or `to`. */
export const digitsEnd = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from
  while (at < to && isDigit(bytes[at]!)) at++
  return at
}

/** Whether Postgres ignores the byte around a number: a space, a tab, or a control character that ends a line or page. */
const isSpace = (byte: number): boolean => byte === space || (byte >= tab && byte <= carriageReturn)

/** Index of the first byte in `bytes[from, to)` that is not a space, or `to`. */
export const spacesEnd = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from
  while (at < to && isSpace(bytes[at]!)) at++
  return at
}

/** Index at which the spaces at the end of `bytes[from, to)` start. */
export const spacesStart = (bytes: Uint8Array, from: number, to: number): number => {
  let at = to
  while (at > from && isSpace(bytes[at - 1]!)) at--
  return at
}

/** `bytes[from, to)`, which must be ASCII, as a string. */
export const asciiText = (bytes: Uint8Array, from: number, to: number): string => {
  let text = ""
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!)
  return text
}
