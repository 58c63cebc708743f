import { assert, describe, it, vi } from "@effect/vitest"
import { atOnce } from "../../../src/Bytes/Steps.ts"
import { guessEncoding } from "../../../src/Csv/encoding/guess/guessEncoding.ts"
import { MultiByteTranscoder } from "../../../src/Csv/encoding/MultiByteTranscoder.ts"
import { collectWords } from "../../../src/Csv/encoding/guess/collectWords.ts"
import { Utf8Reader } from "../../../src/Csv/encoding/Utf8Reader.ts"

const highBytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => 0x80 | (Math.imul(index, 0x9e3779b1) >>> 25))

/** Characters of two bytes that EUC-KR, EUC-JP, GB 18030 and Big5 all have. */
const twoByteText = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? 0xb0 + (index % 11) : 0xa1 + (index % 91)))

/** Text that ends with a bad character and a comma. */
const endingIn = (length: number, bad: ReadonlyArray<number>): Uint8Array =>
  Uint8Array.from([...twoByteText(length), ...bad, 0x2c])

/** The number of bytes that are read one by one. */
const readsOf = (bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): number => {
  let reads = 0
  read(
    new Proxy(bytes, {
      get: (target, key) => {
        reads++
        const value: unknown = Reflect.get(target, key)
        return typeof value === "function" ? value.bind(target) : value
      },
    }),
  )
  return reads
}

/** The calls of the platform's decoder, and the bytes they were given. */
const decodedBy = (run: () => unknown): { readonly bytes: number; readonly calls: number } => {
  const decode = vi.spyOn(TextDecoder.prototype, "decode")
  run()
  const { calls } = decode.mock
  decode.mockRestore()
  return { bytes: calls.reduce((sum, [input]) => sum + (input?.byteLength ?? 0), 0), calls: calls.length }
}

const kibibyte = 1024

describe("a guess examines no more bytes of a file that is twice as long:", () => {
  it("a run of bytes beyond ASCII in a single-byte encoding", () => {
    const reads = [128, 256, 512].map((size) => readsOf(highBytes(size * kibibyte), collectWords))
    assert.deepStrictEqual(reads, [reads[0], reads[0], reads[0]])
  })

  it.each([
    ["no encoding's", highBytes],
    ["valid in several East Asian encodings", twoByteText],
  ])("bytes beyond ASCII, %s", (_, make) => {
    // The first guess loads the tables.
    atOnce(guessEncoding(make(kibibyte), null))
    const examined = [128, 256, 512].map(
      (size) => decodedBy(() => atOnce(guessEncoding(make(size * kibibyte), "shift_jis"))).bytes,
    )
    assert.deepStrictEqual(examined, [examined[0], examined[0], examined[0]])
  })
})

it("text without a place to cut it has the encoding in which it decodes", () => {
  const text = Uint8Array.from([0x61, ...twoByteText(256 * kibibyte)])
  assert.strictEqual(atOnce(guessEncoding(text, null)).encoding, "euc-kr")
  assert.notStrictEqual(atOnce(guessEncoding(highBytes(256 * kibibyte), "euc-jp")).encoding, "euc-jp")
})

it("dense bytes beyond ASCII are held only until there are enough for a guess", () => {
  const piece = highBytes(32 * kibibyte)
  const reader = Utf8Reader.open(piece, {})
  assert.strictEqual(atOnce(reader.push(piece)).length, 0)
  assert.isAbove(atOnce(reader.push(piece)).length, 64 * kibibyte)
})

describe("a bad character of an East Asian encoding is found", () => {
  it("without decoding every byte before it by itself", () => {
    const calls = [64, 128].map(
      (size) =>
        decodedBy(() => new MultiByteTranscoder("gb18030", false).push(endingIn(size * kibibyte, [0xff])))
          .calls,
    )
    assert.isBelow(calls[0]!, 100)
    assert.isBelow(calls[1]!, 100)
  })

  it("at its position, wherever that is", () => {
    for (const bad of [[0xff], [0xb0, 0xff], [0x81, 0x30, 0x81, 0x2c]])
      for (const length of [0, 2, 4, 4092, 4094, 4096, 4098, 8190, 8192, 10_000]) {
        const { badAt, bytes } = new MultiByteTranscoder("gb18030", false).push(endingIn(length, bad))
        assert.strictEqual(badAt, length, `${bad} after ${length} bytes`)
        const before = new TextDecoder("gb18030").decode(twoByteText(length))
        assert.strictEqual(new TextDecoder().decode(bytes), before)
      }
  })

  it("and marked, once for each", () => {
    const { bytes } = new MultiByteTranscoder("gb18030", true).push(Uint8Array.of(0x61, 0xff, 0xff, 0x2c))
    assert.deepStrictEqual(Array.from(bytes), [0x61, 0xff, 0xff, 0x2c])
  })
})
