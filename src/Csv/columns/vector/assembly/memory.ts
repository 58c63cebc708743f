/**
 * Addresses in the module's memory, which never grows: settings, the rows of texts, and the rows made from them. The caller
 * (../VectorWriter.ts) uses the same addresses.
 */

/** Settings, written before each call: the numbers of columns of the file and of the table. */
export const columns = 0
export const kept = 4
/** Results: the ends of the rows that were read, and of those that were written. */
export const readEnd = 8
export const writtenEnd = 12
/** For each column of the file the action, as in ../../FieldActions.ts, and what it depends on (`rows.ts`). */
export const actions = 64
export const actionSize = 16
export const mostColumns = 1600

/** Start of the rows of texts. */
export const input = actions + actionSize * mostColumns
export const inputSize = 128 * 1024
/** Vectors are read and written whole, up to this many bytes past the end. */
export const overshoot = 64
/** Start and end of the written rows. No field written here is longer than its text by more than `fieldSpace` bytes. */
export const output = input + inputSize + overshoot
export const outputEnd = 8 * 64 * 1024 - overshoot
export const fieldSpace = 32
