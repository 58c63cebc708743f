import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { bytes, cut, readAll } from "../readingCsv.ts"

/** UTF-16, little-endian, of ASCII and single code units. */
const utf16 = (...parts: ReadonlyArray<string | number>): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number"
        ? [part & 0xff, part >> 8]
        : [...part].flatMap((char) => [char.charCodeAt(0), 0]),
    ),
  )

const utf32 = (...parts: ReadonlyArray<string | number>): Uint8Array =>
  new Uint8Array(
    Uint32Array.from(
      parts.flatMap((part) =>
        typeof part === "number" ? [part] : [...part].map((char) => char.charCodeAt(0)),
      ),
    ).buffer,
  )

describe("a byte that is not in the file's encoding", () => {
  const cases: ReadonlyArray<readonly [encoding: Encoding, file: Uint8Array, offset: number | null]> = [
    // windows-1253 has an alpha at 0xE1, and nothing at 0xD2.
    ["windows-1253", bytes("a,b\n1,", 0xe1, "\n2,", 0xd2, "\n3,4\n"), 10],
    ["utf-16le", utf16("a,b\n1,", 0xe1, "\n2,", 0xd83e, "\n3,4\n"), 20],
    ["utf-16le", utf16("a,b\n1,", 0xe1, "\n2,", 0xdd86, "\n3,4\n"), 20],
    ["utf-32le", utf32("a,b\n1,", 0xe1, "\n2,", 0xd83e, "\n3,4\n"), 40],
    ["utf-32le", utf32("a,b\n1,", 0xe1, "\n2,", 0x110000, "\n3,4\n"), 40],
    // In East Asian text, only the position of the chunk is known.
    ["shift_jis", bytes("a,b\n1,", 0x82, 0xa0, "\n2,", 0x82, 0xff, "\n3,4\n"), null],
    ["euc-jp", bytes("a,b\n1,", 0xa4, 0xa2, "\n2,", 0xff, "\n3,4\n"), null],
  ]
  it.effect.each(cases)("rejects its record in %s", ([encoding, file, offset]) =>
    Effect.gen(function* () {
      for (const size of [1, 2, 3, 7, 100]) {
        const options = { csv: { encoding, delimiter: "," }, onBadRow: "reject" as const }
        const { error, records, rejects, rows } = yield* readAll(cut(file, size), options)
        assert.isNull(error)
        assert.strictEqual(records, 3)
        assert.deepStrictEqual(
          rows.map(([first]) => first),
          ["1", "3"],
        )
        assert.strictEqual(rejects.length, 1)
        const [reject] = rejects
        assert.strictEqual(reject?.reason, "invalid_encoding")
        assert.deepStrictEqual([reject?.record, reject?.line, reject?.column], [2, 3, 2])
        assert.match(reject?.raw ?? "", /^2,\\xFF/)
        assert.include(reject?.message, encoding)
        if (offset !== null) assert.strictEqual(reject?.byteOffset, offset)
      }
    }),
  )

  it.effect("rejects the last record if the file ends within a character", () =>
    Effect.gen(function* () {
      const file = utf16("a,b\n1,2\n3,4\n5,6").slice(0, -1)
      const { rejects, rows } = yield* readAll([file], { csv: { encoding: "utf-16le" }, onBadRow: "pad" })
      assert.strictEqual(rows.length, 2)
      assert.deepStrictEqual(
        rejects.map(({ raw, reason, record }) => ({ raw, reason, record })),
        [{ raw: "5,\\xFF", reason: "invalid_encoding", record: 3 }],
      )
    }),
  )

  it.effect("ends the load if onBadRow is fail", () =>
    Effect.gen(function* () {
      const file = bytes("a,b\n1,", 0xd2, "\n")
      const { error } = yield* readAll([file], { csv: { encoding: "windows-1253" } })
      assert.strictEqual(error?.code, "invalid_encoding")
    }),
  )
})
