import { afterAll, assert, beforeAll, describe, it, vi } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { sourceHash } from "../../../scripts/buildWasm.ts"
import { isDosCodePage, upperCharacters } from "../../../src/Csv/encoding/characters/upperCharacters.ts"
import { openDecoder } from "../../../src/Csv/encoding/characters/openDecoder.ts"
import { openTranscoder } from "../../../src/Csv/encoding/openTranscoder.ts"
import { compiledFrom } from "../../../src/Csv/encoding/vector/Compiled.ts"
import { cut } from "../readingCsv.ts"

const encodings = [
  "utf-16le",
  "utf-16be",
  "gbk",
  "gb18030",
  "big5",
  "euc-jp",
  "shift_jis",
  "euc-kr",
  "windows-1252",
  "windows-1253",
  "ibm850",
] as const
type Tested = (typeof encodings)[number]

/** Bytes of characters of all lengths in these encodings, and others that are damage there. */
const pieces = Schema.Literals([
  "61",
  "2c",
  "0a",
  "2c6162632c",
  "61626364656667686970717273747576",
  "936c",
  "d2a1",
  "b6ab",
  "8ea1",
  "8fb0a1",
  "8139ef36",
  "8862",
  "a440",
  "ff",
  "80",
  "00",
  "6100",
  "0061",
  "e900",
  "3dd800de",
  "d83dde00",
  "acac",
  "ac20",
])

const expected = (file: Uint8Array, encoding: Tested): string => {
  if (isDosCodePage(encoding) || encoding.startsWith("windows")) {
    const upper = upperCharacters(encoding)
    return Array.from(file, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : (upper[byte - 0x80] ?? "\ufffd"),
    ).join("")
  }
  return encoding.startsWith("utf-16")
    ? new TextDecoder(encoding, { ignoreBOM: true }).decode(file)
    : openDecoder(encoding).decode(file)
}

const transcoded = (file: Uint8Array, size: number, encoding: Tested, open: typeof openTranscoder) => {
  const transcoder = open(encoding, true)
  const bytes = [...cut(file, size).map((chunk) => transcoder.push(chunk)), transcoder.finish()].map(
    (result) => result.bytes,
  )
  // A bad mark is no UTF-8, and decodes to the replacement character.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(bytes))
}

const agrees = (open: () => typeof openTranscoder) =>
  it.prop(
    "decodes as the standard says, valid and damaged text, in chunks of any size",
    [
      Arbitrary.array(Arbitrary.schema(pieces), { minLength: 1, maxLength: 12 }),
      Arbitrary.schema(Schema.Literals(encodings)),
      Arbitrary.schema(Schema.Literals([1, 7, 4099, 65_536, 1_000_000])),
      Arbitrary.schema(Schema.Literals([1, 2, 3, 9973])),
    ],
    ([parts, encoding, size, times]) => {
      const file = Buffer.from(parts.join("").repeat(times), "hex")
      const text = transcoded(file, times > 3 ? Math.max(size, 4099) : size, encoding, open())
      assert.isTrue(text === expected(file, encoding), `${encoding}, ${parts.join(" ")}`)
    },
    { arbitrary: { runs: 300 } },
  )

describe("transcoding", () => {
  agrees(() => openTranscoder)

  describe("without WebAssembly", () => {
    let open: typeof openTranscoder
    beforeAll(async () => {
      vi.resetModules()
      const module = await import("../../../src/Csv/encoding/openTranscoder.ts")
      open = module.openTranscoder
      vi.stubGlobal("WebAssembly", undefined)
    })
    afterAll(() => {
      vi.unstubAllGlobals()
    })
    agrees(() => open)
  })

  it.each(["utf-16le", "utf-16be"] as const)(
    "converts characters of all lengths side by side, from %s",
    (encoding) => {
      const characters = ["a", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "\u{1f600}"]
      for (let n = 0; n < characters.length ** 4; n++) {
        const four = [0, 1, 2, 3].map(
          (place) => characters[Math.floor(n / characters.length ** place) % characters.length],
        )
        const text = `${four.join("")}${four.toReversed().join("")}.`
        const file = Buffer.from(text, "utf16le")
        if (encoding === "utf-16be") file.swap16()
        assert.strictEqual(transcoded(file, file.length, encoding, openTranscoder), text)
      }
    },
  )

  it("uses the module compiled from the current source (else run `npm run build:wasm`)", () => {
    assert.strictEqual(compiledFrom, sourceHash("transcode"))
  })
})
