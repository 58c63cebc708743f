export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const capitalN = 0x4e
export const backslash = 0x5c
