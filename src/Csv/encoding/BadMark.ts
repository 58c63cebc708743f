/** Stands for what is not in a file's encoding, where that is marked: a byte that is nowhere in UTF-8. */
export const badMark = 0xff
