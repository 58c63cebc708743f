/** Adds a value to a hash (FNV-1a with 32 bits), which is good enough to tell short texts apart. */
export const addToHash = (hash: number, value: number): number => Math.imul(hash ^ value, 0x01000193)

/** The hash of nothing. */
export const hashSeed = 0x811c9dc5
