const wordSize = 4

/** Index of the first byte above 0x7F, or the length if there is none. Reads words of four bytes. */
export const firstHighByte = (bytes: Uint8Array): number => {
  const { byteOffset, length } = bytes
  let i = 0
  const head = Math.min(length, (wordSize - (byteOffset % wordSize)) % wordSize)
  for (; i < head; i++) if (bytes[i]! >= 0x80) return i
  // Too short to contain an aligned word.
  if (i === length) return length
  const words = new Int32Array(bytes.buffer, byteOffset + head, (length - head) >> 2)
  let word = 0
  while (word < words.length && (words[word]! & 0x80808080) === 0) word++
  for (i = head + word * wordSize; i < length; i++) if (bytes[i]! >= 0x80) return i
  return length
}
