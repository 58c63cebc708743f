/**
 * The module's memory, which never grows: numbers that go in and out, the piece of the file, and the rows made
 * of it. The caller reads and writes it too, by these same places (../VectorScan.ts).
 */

/** The length of the field that was begun in an earlier call, once it is known: as COPY wants it. */
export const begunLength = 0
/** Settings: set before each call, not changed. */
export const delimiter = 4
export const quote = 8
export const columns = 12
export const maxRecordSize = 16
/** The length to write for an empty field without quotes, and for one with: 0, or -1 for NULL. */
export const unquotedEmpty = 20
export const quotedEmpty = 24
/** State: set before each call, and left as the call ends. Places are addresses, lines count from the first. */
export const state = 28
export const column = 32
export const line = 36
export const recordAt = 40
export const recordLine = 44
export const quoteAt = 48
export const quoteLine = 52
export const fieldAt = 56
/** Results. `rowsEnd` tells nothing when `rows` is 0. */
export const rows = 60
export const rowsEnd = 64
export const written = 68

/** Where the piece begins; the byte of the file before it stands before it. */
export const input = 256
export const inputSize = 64 * 1024
/** Vectors are read and written whole, so up to so many bytes behind what is meant. */
export const overshoot = 64
/** Where the rows begin: at most six bytes for each of the piece, when it is line breaks or delimiters. */
export const output = input + inputSize + overshoot
