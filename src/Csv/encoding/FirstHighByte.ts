const wordSize = 4

/** Index of the first byte beyond ASCII, or the length where there is none. By words of four bytes. */
export const firstHighByte = (bytes: Uint8Array): number => {
  const { byteOffset, length } = bytes
  let i = 0
  const head = Math.min(length, (wordSize - (byteOffset % wordSize)) % wordSize)
  for (; i < head; i++) if (bytes[i]! >= 0x80) return i
  // Too short to reach where a word may begin.
  if (i === length) return length
  const words = new Int32Array(bytes.buffer, byteOffset + head, (length - head) >> 2)
  let word = 0
  while (word < words.length && (words[word]! & 0x80808080) === 0) word++
  for (i = head + word * wordSize; i < length; i++) if (bytes[i]! >= 0x80) return i
  return length
}
