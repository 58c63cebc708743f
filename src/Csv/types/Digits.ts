export const zero = 0x30
export const plus = 0x2b
export const minus = 0x2d
export const point = 0x2e

export const isDigit = (byte: number): boolean => byte >= zero && byte <= 0x39

/** Index of the first byte in `bytes[from, to)` that is not a digit, or `to`. */
export const digitsEnd = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from
  while (at < to && isDigit(bytes[at]!)) at++
  return at
}

/** `bytes[from, to)`, which must be ASCII, as a string. */
export const asciiText = (bytes: Uint8Array, from: number, to: number): string => {
  let text = ""
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!)
  return text
}
