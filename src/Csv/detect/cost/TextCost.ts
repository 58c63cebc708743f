import { addToHash, hashSeed } from "../../../Bytes/addToHash.ts"
import { ByteClass, byteClasses } from "../cell/ByteClass.ts"

/** Bits of each byte outside repeated words. Later bytes of a UTF-8 sequence are free. */
const byteBits: Float64Array = (() => {
  const bits = new Float64Array(256).fill(5.5)
  const mark = (characters: string, cost: number) => {
    for (const character of characters) bits[character.charCodeAt(0)] = cost
  }
  mark("abcdefghijklmnopqrstuvwxyz", 4.2)
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 5)
  mark("0123456789", 3.6)
  mark(" ", 2.5)
  mark(",;|\t\"'", 7)
  mark("\r\n", 4)
  bits.fill(0, 0x80, 0xc0)
  bits.fill(5.2, 0xc0)
  return bits
})()

/** Signs that cost one bit when they repeat the sign before, as in rulers and runs of delimiters. */
const repeatable: Uint8Array = (() => {
  const marked = new Uint8Array(256)
  for (const character of " ,;|\t-=_*#.'\"") marked[character.charCodeAt(0)] = 1
  return marked
})()

/** Bits of a delimiter between two cells of a skipped line, and of one after an empty cell. */
export const delimiterBits = (delimiter: number): number => byteBits[delimiter] ?? 0
export const repeatedDelimiterBits = 1

/** Words and numbers after this many are not counted. */
const maxRuns = 16 * 1024

interface Word {
  count: number
  bits: number
}

/**
 * The bits of any part of the sample as plain text. Words and numbers that the sample repeats cost less, by how often they
 * occur, so repeated words are cheap in every reading.
 */
export class TextCost {
  /** Bits of all bytes before each position in the ranges, without those between the ranges. */
  readonly #before: Float64Array
  readonly #start: number
  readonly #second: number
  readonly #between: number

  /** @param ranges the one or two parts of `bytes` that readings are compared on, as pairs of positions */
  constructor(bytes: Uint8Array, ranges: ReadonlyArray<readonly [from: number, to: number]>) {
    const [start, end] = ranges[0]!
    this.#start = start
    this.#second = ranges[1]?.[0] ?? Infinity
    this.#between = ranges[1] === undefined ? 0 : ranges[1][0] - end - 1
    const words = new Map<number, Word>()
    const runs: Array<Word> = []
    for (const [from, to] of ranges)
      for (let at = from; at < to && runs.length < maxRuns;) {
        const runClass = byteClasses[bytes[at]!]!
        if (runClass !== ByteClass.letter && runClass !== ByteClass.digit) {
          at++
          continue
        }
        let hash = hashSeed
        let bits = 0
        for (; at < to && byteClasses[bytes[at]!] === runClass; at++) {
          hash = addToHash(hash, bytes[at]!)
          bits += byteBits[bytes[at]!]!
        }
        let word = words.get(hash)
        if (word === undefined) words.set(hash, (word = { count: 0, bits }))
        word.count++
        runs.push(word)
      }
    for (const word of words.values()) {
      const again = 1 + Math.log2(runs.length / word.count)
      if (again < word.bits) word.bits = (word.bits + (word.count - 1) * again) / word.count
    }
    const before = new Float64Array(this.#index(ranges.at(-1)![1]) + 1)
    let run = 0
    let bits = 0
    for (const [from, to] of ranges) {
      let index = this.#index(from)
      before[index++] = bits
      for (let at = from; at < to;) {
        const byte = bytes[at]!
        const runClass = byteClasses[byte]!
        if (run < runs.length && (runClass === ByteClass.letter || runClass === ByteClass.digit)) {
          let end = at + 1
          while (end < to && byteClasses[bytes[end]!] === runClass) end++
          const each = runs[run++]!.bits / (end - at)
          for (; at < end; at++) before[index++] = bits += each
        } else {
          bits += repeatable[byte] === 1 && at > from && bytes[at - 1] === byte ? 1 : byteBits[byte]!
          before[index++] = bits
          at++
        }
      }
    }
    this.#before = before
  }

  #index(position: number): number {
    return position - this.#start - (position < this.#second ? 0 : this.#between)
  }

  /** The bits of `bytes[from, to)`, which is within one of the ranges. */
  bits(from: number, to: number): number {
    return this.#before[this.#index(to)]! - this.#before[this.#index(from)]!
  }
}
