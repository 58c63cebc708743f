import { addToHash, hashSeed } from "../../../Bytes/addToHash.ts"
import { isDigit, space, zero } from "../../../Bytes/Ascii.ts"

/** Only this many bytes beyond ASCII in different words are evidence, among this many in all. */
const maxEvidence = 2000
const maxHighBytes = 64 * 1024
/** After that, only words with a new byte are, such as the first œ of a French text; of longer ones only a part. */
const maxPart = 64
/** ASCII bytes in words take time too, so a text of long words gives fewer of them, and shorter ones. */
const maxKeptBytes = 10 * 1024
const maxWordBytes = 4096
const maxLateWordBytes = 256

/** A word with bytes beyond ASCII, between the bytes around it, and how much it counts. */
export interface Word {
  readonly bytes: Uint8Array
  readonly weight: number
}

/**
 * Whether a byte ends a word in every encoding: spaces, line ends and punctuation, but no byte that can be the second one
 * of a character (the digits in GB 18030, and all from `@`).
 */
const endsWord = (byte: number): boolean => byte < 0x30 || (byte > 0x39 && byte < 0x40)

/** A hash of a word, between the bytes around it. Numbers are alike: a unit after each number is one word. */
const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = hashSeed
  let isInNumber = false
  for (let at = start; at < end; at++) {
    const digit = isDigit(bytes[at]!)
    if (!digit) hash = addToHash(hash, bytes[at]!)
    else if (!isInNumber) hash = addToHash(hash, zero)
    isInNumber = digit
  }
  return hash
}

/** Repeated words, such as a unit in every row, are hardly more evidence than a single one. */
const weightOf = (count: number): number => 1 + Math.log10(count) / 2

/** The different words with bytes beyond ASCII. Long ones may be cut. */
export const collectWords = (bytes: Uint8Array): ReadonlyArray<Word> => {
  const words = new Map<number, { readonly bytes: Uint8Array; count: number }>()
  const seen = new Uint8Array(256)
  let evidence = 0
  let examined = 0
  let kept = 0
  let last = 0
  for (let i = 0; i < bytes.length && examined < maxHighBytes; i++) {
    if (bytes[i]! < 0x80) continue
    const longest = kept < maxKeptBytes ? maxWordBytes : maxLateWordBytes
    let start = i
    while (start > Math.max(last, i - longest) && !endsWord(bytes[start - 1]!)) start--
    const most = Math.min(Math.max(maxEvidence - evidence, maxPart), maxHighBytes - examined)
    let end = i
    let high = 0
    let isNew = evidence < maxEvidence && kept < maxKeptBytes
    for (; end < bytes.length && end - start < longest && high < most; end++) {
      const byte = bytes[end]!
      if (endsWord(byte)) break
      if (byte < 0x80) continue
      high++
      if (seen[byte] === 0) isNew = true
      seen[byte] = 1
    }
    examined += high
    last = end
    i = end - 1
    const key = hashOf(bytes, Math.max(0, start - 1), Math.min(end + 1, bytes.length))
    const known = words.get(key)
    if (known !== undefined) known.count++
    else if (isNew) {
      const word = Uint8Array.of(
        bytes[start - 1] ?? space,
        ...bytes.subarray(start, end),
        bytes[end] ?? space,
      )
      words.set(key, { bytes: word, count: 1 })
      evidence += high
      kept += word.length
    }
  }
  return Array.from(words.values(), ({ bytes: word, count }) => ({ bytes: word, weight: weightOf(count) }))
}

/** The weight of all pairs of characters that are not both ASCII. */
export const countPairs = (words: ReadonlyArray<Word>): number => {
  let sum = 0
  for (const { bytes, weight } of words)
    for (let i = 1; i < bytes.length; i++) if (bytes[i - 1]! >= 0x80 || bytes[i]! >= 0x80) sum += weight
  return sum
}

/** Only this many ASCII bytes are evidence of a language. */
const maxAscii = 4000

/** Different ASCII words among the first bytes, and parts of words. They show the language, and so the likely letters. */
export const collectAsciiWords = (bytes: Uint8Array): ReadonlyArray<Word> => {
  const text = Buffer.from(bytes.subarray(0, maxAscii)).toString("latin1")
  const words = new Set(
    (text.match(/[\0-\x7f]{2,}/g) ?? []).flatMap(
      (ascii) => ascii.replace(/[^a-zA-Z]+/g, " ").match(/(?:^|(?<= ))[a-zA-Z]{2,} ?/g) ?? [],
    ),
  )
  return Array.from(words, (word) => ({ bytes: Buffer.from(word, "latin1"), weight: 1 }))
}
