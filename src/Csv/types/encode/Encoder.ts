/**
 * Writes the value of the text `bytes[from, to)` in the binary form of a type, as the type's receive function reads it, at
 * `out[at]`. Returns the end of the written bytes, or -1 if the text does not have the type.
 *
 * The value is the one that Postgres's cast of the text gives. Not every text that Postgres casts is accepted: only those
 * with one meaning in every session.
 *
 * @param out has space for `to - from + encodingSpace` bytes
 */
export type Encoder = (bytes: Uint8Array, from: number, to: number, out: DataView, at: number) => number

/** No form is longer than its text by more than this: a `numeric` of one digit takes ten bytes. */
export const encodingSpace = 16
