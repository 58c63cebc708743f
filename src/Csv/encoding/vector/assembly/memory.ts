/**
 * Addresses in the module's memory, which never grows: the forms of characters, the input, and the text made from it. The
 * caller (../VectorTranscoder.ts) uses the same addresses.
 */

/** Where the next text is written. Set before the first call, and updated by each. */
export const written = 0

/**
 * The UTF-8 form of each byte from 0x80 on, and of each pair of bytes that starts with one: four bytes, of which the last ones
 * are 0 if the form is shorter. All are 0 if the byte or the pair is no character.
 */
export const singleForms = 64
export const pairForms = singleForms + 4 * 128
export const formsEnd = pairForms + 4 * 128 * 256

/** Vectors are read and written whole, up to this many bytes past the end. */
export const overshoot = 64
export const input = formsEnd + overshoot
/** More than a chunk of the network and what the one before has left. */
export const inputSize = 80 * 1024
/** Start of the text: at most three bytes per input byte. */
export const output = input + inputSize + overshoot
export const outputEnd = output + 3 * inputSize

/**
 * Where the bytes of four characters are among their forms, four bytes each: 16 indexes for each set of lengths. Bit n of the set's
 * number: character n has at least two bytes. Bit n + 4: it has three.
 */
export const packs = outputEnd + overshoot
export const packsEnd = packs + 16 * 256
