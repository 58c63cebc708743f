/** Characters that start in `bytes[0, to)` of UTF-8, and how many of them are beyond U+FFFF. A bad mark is one that is not. */
export const countCharacters = (bytes: Uint8Array, to: number) => {
  let all = 0
  let supplementary = 0
  for (let i = 0; i < to; i++) {
    const byte = bytes[i]!
    if ((byte & 0xc0) !== 0x80) all++
    if (byte >= 0xf0 && byte < 0xf8) supplementary++
  }
  return { all, supplementary }
}
