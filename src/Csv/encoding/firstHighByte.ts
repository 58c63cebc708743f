const wordSize = 4

const highBits = 0x80808080

/** Index of the first byte above 0x7F, or the length if there is none. Reads words of four bytes, eight at a time. */
export const firstHighByte = (bytes: Uint8Array): number => {
  const { byteOffset, length } = bytes
  let i = 0
  const head = Math.min(length, (wordSize - (byteOffset % wordSize)) % wordSize)
  for (; i < head; i++) if (bytes[i]! >= 0x80) return i
  // Too short to contain an aligned word.
  if (i === length) return length
  const words = new Int32Array(bytes.buffer, byteOffset + head, (length - head) >> 2)
  const blocksEnd = words.length - 7
  let word = 0
  for (; word < blocksEnd; word += 8) {
    const first = words[word]! | words[word + 1]! | words[word + 2]! | words[word + 3]!
    const second = words[word + 4]! | words[word + 5]! | words[word + 6]! | words[word + 7]!
    if (((first | second) & highBits) !== 0) break
  }
  while (word < words.length && (words[word]! & highBits) === 0) word++
  for (i = head + word * wordSize; i < length; i++) if (bytes[i]! >= 0x80) return i
  return length
}
