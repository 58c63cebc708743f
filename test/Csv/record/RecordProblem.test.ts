import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import { bytes, outcomeOf, read, refusalOf, table, utf8 } from "../readingCsv.ts"

const at = (record: number, line: number, column: number | null, byteOffset: number) => ({
  record,
  line,
  column,
  byteOffset,
})

const expectRefusal = Effect.fnUntraced(function* (
  file: string | Uint8Array,
  code: string,
  place: ReturnType<typeof at>,
) {
  const { message: _, ...refusal } = yield* refusalOf(file)
  assert.deepStrictEqual(refusal, { code, ...place } as typeof refusal)
})

describe("ragged_record", () => {
  it.effect("names the line, the first missing field and its place, for a short record", () =>
    Effect.gen(function* () {
      yield* expectRefusal("a,b,c\n1,2,3\n4,5\n", "ragged_record", at(2, 3, 3, 15))
      yield* expectRefusal("a,b,c\n1", "ragged_record", at(1, 2, 2, 7))
      yield* expectRefusal('a,b\r\n\r\n"x\r\ny"\r\n1,2', "ragged_record", at(1, 3, 2, 13))
      const { message } = yield* refusalOf("a,b,c\n1,2,3\n4,5\n")
      assert.include(message, "line 3 has 2 fields, expected 3")
    }),
  )

  it.effect("names the line, the first surplus field and its start, for a long record", () =>
    Effect.gen(function* () {
      yield* expectRefusal("a,b\n1,2,3,4\n", "ragged_record", at(1, 2, 3, 8))
      yield* expectRefusal("a\n1\n2,\n", "ragged_record", at(2, 3, 2, 6))
      yield* expectRefusal('a,b\n"x\ny",2,"z"', "ragged_record", at(1, 2, 3, 12))
      const { message } = yield* refusalOf("a,b\n1,2,3,,5")
      assert.include(message, "line 2 has 5 fields, expected 2")
    }),
  )

  it.effect("counts the fields of a record of delimiters only", () =>
    Effect.gen(function* () {
      const { error } = yield* outcomeOf([utf8(`a,b\n${",".repeat(1_000_000)}\n`)])
      assert.include(error?.message, "1000001 fields")
    }),
  )
})

describe("the error of a quote", () => {
  it.effect("names the opening quote if it is never closed", () =>
    Effect.gen(function* () {
      yield* expectRefusal('a,b\n1,2\n3,"4\n5,6\n', "unterminated_quote", at(2, 3, 2, 10))
      yield* expectRefusal('a,b\n1,"', "unterminated_quote", at(1, 2, 2, 6))
      yield* expectRefusal('a,"b""\n', "unterminated_quote", at(0, 1, 2, 2))
    }),
  )

  it.effect("names the start of text after a closing quote", () =>
    Effect.gen(function* () {
      yield* expectRefusal('a,b\n1,"2"x\n', "text_after_quote", at(1, 2, 2, 9))
      yield* expectRefusal('a,b\n"1\r\n2\r3" ,4\n', "text_after_quote", at(1, 4, 1, 12))
      yield* expectRefusal('"a"b\n', "text_after_quote", at(0, 1, 1, 3))
    }),
  )
})

describe("invalid text", () => {
  it.effect("a NUL is refused at its place", () =>
    Effect.gen(function* () {
      yield* expectRefusal("a,b\n1,\0\n", "nul_byte", at(1, 2, 2, 6))
      yield* expectRefusal('a,b\n1,"x\n\0"', "nul_byte", at(1, 3, 2, 9))
      yield* expectRefusal("a\0\n", "nul_byte", at(0, 1, 1, 1))
    }),
  )

  const illFormed: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
    ["a continuation byte without a first byte", [0x80]],
    ["an overlong form of two bytes", [0xc0, 0xaf]],
    ["an overlong form of two bytes", [0xc1, 0xbf]],
    ["an overlong form of three bytes", [0xe0, 0x9f, 0xbf]],
    ["an overlong form of four bytes", [0xf0, 0x8f, 0xbf, 0xbf]],
    ["a high surrogate", [0xed, 0xa0, 0x80]],
    ["a low surrogate", [0xed, 0xbf, 0xbf]],
    ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a first byte of a five-byte sequence", [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ["0xFF", [0xff]],
    ["a sequence cut by a delimiter", [0xe2, 0x82]],
    ["a sequence cut by another one", [0xf0, 0x9f, 0xa6, 0xc3, 0xa9]],
  ]
  it.effect.each(illFormed)("%s is refused at its start", ([, sequence]) =>
    Effect.gen(function* () {
      yield* expectRefusal(bytes("a,b\n1,é", ...sequence, ",\n"), "invalid_utf8", at(1, 2, 2, 8))
      yield* expectRefusal(bytes('a,b\n1,"é', ...sequence, '"\n'), "invalid_utf8", at(1, 2, 2, 9))
      yield* expectRefusal(bytes("x", ...sequence, "\n"), "invalid_utf8", at(0, 1, 1, 1))
    }),
  )

  it.effect("a sequence cut by the end of the file is refused at its start", () =>
    Effect.gen(function* () {
      yield* expectRefusal(bytes("a\n🦆", 0xf0, 0x9f, 0xa6), "invalid_utf8", at(1, 2, 1, 6))
      yield* expectRefusal(bytes("a\n", 0xc3), "invalid_utf8", at(1, 2, 1, 2))
      yield* expectRefusal(bytes('a\n"x', 0xe2, 0x82), "invalid_utf8", at(1, 2, 1, 4))
    }),
  )

  it.effect("exactly the sequences of the Unicode Standard's Table 3-7 are accepted", () =>
    Effect.gen(function* () {
      const decoder = new TextDecoder("utf-8", { fatal: true })
      const isWellFormed = (sequence: Uint8Array): boolean => {
        try {
          decoder.decode(sequence)
          return true
        } catch {
          return false
        }
      }
      const seconds = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0]
      for (let first = 0x80; first <= 0xff; first++) {
        for (const second of seconds) {
          for (const rest of [[], [0x80], [0xbf, 0x80]]) {
            const sequence = Uint8Array.of(first, second, ...rest)
            const { error } = yield* outcomeOf([bytes("a\n", ...sequence)])
            assert.strictEqual(error === null, isWellFormed(sequence), `${sequence}`)
          }
        }
      }
    }),
  )
})

describe("record_too_large", () => {
  const options = { maxRecordSize: ByteSize.bytes(8) }

  it.effect("counts a record's bytes without its line ending", () =>
    Effect.gen(function* () {
      yield* table('a,b\n123,5678\r\n"234",78\n123,5678', options)
      for (const record of ["123,56789", '"234",789', "ž,žžž"]) {
        const { error } = yield* read(`a,b\n1,2\n${record}\n`, options)
        assert.strictEqual(error?.code, "record_too_large")
        assert.deepStrictEqual(error?.place, at(2, 3, null, 8))
      }
    }),
  )

  it.effect("applies to the header and to an unclosed quote", () =>
    Effect.gen(function* () {
      const header = yield* refusalOf("123456789\n", options)
      assert.strictEqual(header.code, "record_too_large")
      assert.strictEqual(header.record, 0)
      const quote = yield* refusalOf(`a,b\n1,2\n3,"${"4\n".repeat(100)}`, options)
      assert.strictEqual(quote.code, "record_too_large")
      assert.strictEqual(quote.line, 3)
      assert.include(quote.message, "MAX_RECORD_SIZE")
    }),
  )

  it.effect("takes precedence over problems past the limit only", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* refusalOf("a,b\n12345,7\0\n", options)).code, "nul_byte")
      assert.strictEqual((yield* refusalOf("a,b\n12345,78\0\n", options)).code, "nul_byte")
      assert.strictEqual((yield* refusalOf("a,b\n12345,789\0\n", options)).code, "record_too_large")
      assert.strictEqual((yield* refusalOf("a,b\n123,5,78\n", options)).code, "ragged_record")
      assert.strictEqual((yield* refusalOf("a,b\n123,5,789\n", options)).code, "record_too_large")
    }),
  )

  it.effect("allows a record as large as the limit, which may exceed a chunk", () =>
    Effect.gen(function* () {
      const size = 3 * 1024 * 1024
      const file = [
        utf8("a\n"),
        ...Array.from({ length: size / 4096 }, () => new Uint8Array(4096).fill(0x5c)),
      ]
      const { rows } = yield* outcomeOf(file, { maxRecordSize: ByteSize.bytes(size) })
      assert.strictEqual(rows[0]?.[0]?.length, size)
      const { error } = yield* outcomeOf(file, { maxRecordSize: ByteSize.bytes(size - 1) })
      assert.strictEqual(error?.code, "record_too_large")
    }),
  )
})

describe("the place of an error", () => {
  it.effect("counts the byte order mark and every kind of line ending", () =>
    expectRefusal('\ufeffa,b\r\n1,"\r\n\r\n"\r\r\n2,3\n4\n', "ragged_record", at(3, 7, 2, 24)),
  )

  it.effect("counts records over all chunks", () =>
    expectRefusal(`a,b\n${"1,2\n".repeat(100)}3\n`, "ragged_record", at(101, 102, 2, 405)),
  )
})
