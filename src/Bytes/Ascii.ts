export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const doubleQuote = 0x22
