/**
 * Addresses in the module's memory, which never grows: settings and state, the input, and the rows made from it. The
 * caller (../VectorScan.ts) uses the same addresses.
 */

/** Length of the field that started in an earlier call, big-endian as in COPY's format. */
export const begunLength = 0
/** Settings, written before each call. */
export const delimiter = 4
export const quote = 8
export const columns = 12
export const maxRecordSize = 16
/** Length to write for an empty field without quotes, and with quotes: 0, or -1 for NULL. */
export const unquotedEmpty = 20
export const quotedEmpty = 24
/** State, written before each call and updated by it. `…At` are addresses; lines are relative to the first line. */
export const state = 28
export const column = 32
export const line = 36
export const recordAt = 40
export const recordLine = 44
export const quoteAt = 48
export const quoteLine = 52
export const fieldAt = 56
/** Results. `rowsEnd` is undefined if `rows` is 0. */
export const rows = 60
export const rowsEnd = 64
export const written = 68
/** Blank lines, and those of them after the last row. */
export const blankLines = 72
export const lastBlankLines = 76
/** Bytes up to where it ended that are a LF or follow a CR. */
export const lineStarts = 80
/** Rows before the last blank line, while it scans. */
export const rowsAtBlank = 84
/** Set by `textEnd`: not all bytes are ASCII. */
export const beyondAscii = 88
/** Setting of `cleanEnd`: lines end with CRLF, not LF. */
export const isCrlf = 92

/** Line feeds, and above them delimiters, within quotes of the current record, as far as it is in this call's input. */
export const quotedCounts = 96
/** Results of `scan`: rows with as many of them as lines that a quote swallowed would have, and whether the first row may have. */
export const suspects = 104
export const isFirstSuspect = 108

/** Start of the input. The byte before it is the previous byte of the file. */
export const input = 256
export const inputSize = 64 * 1024
/** Vectors are read and written whole, up to this many bytes past the end. */
export const overshoot = 64
/** Start of the rows: at most six bytes per input byte, if all are line breaks or delimiters. */
export const output = input + inputSize + overshoot
