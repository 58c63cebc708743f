import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isChosen } from "../../../../src/Layers/source/decompress/ZipNames.ts"
import { decompressAll } from "../../../support/decompression.ts"
import { zipFile } from "../../../support/ZipFile.ts"

const names = [
  "2024/",
  "2024/12100.csv",
  "2024/12100_MetaData.csv",
  "2024/notes.json",
  "README.md",
  "__MACOSX/2024/._12100.csv",
]
const archive = zipFile(
  names.map((name) => (name.endsWith("/") ? { name, method: 0 } : { name, body: name, descriptor: "plain" })),
)
const choose = (zipEntry: string) => decompressAll(archive, { zipEntry, pieces: [100, 1] })

const zip = (...entries: ReadonlyArray<string>) =>
  zipFile(entries.map((name) => ({ name, body: name, descriptor: "plain" })))

describe("the option zipEntry", () => {
  it.live.each([
    ["12100.csv", "2024/12100.csv"],
    ["2024/12100.csv", "2024/12100.csv"],
    ["2024\\12100.CSV", "2024/12100.csv"],
    ["?????.csv", "2024/12100.csv"],
    ["*_metadata.csv", "2024/12100_MetaData.csv"],
    ["*meta*", "2024/12100_MetaData.csv"],
    ["notes.json", "2024/notes.json"],
    ["README.md", "README.md"],
  ] as const)("%s chooses the file %s", ([zipEntry, name]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* choose(zipEntry)).body.toString(), name)
    }),
  )

  it.live.each(["sales.csv", "2100.csv", "12100", "2023/12100.csv", "[0-9]*.csv", "2024/"])(
    "%s matches no file, and the error names all of them",
    (zipEntry) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(choose(zipEntry))
        assert.strictEqual(error.code, "not_csv")
        assert.include(error.message, JSON.stringify(zipEntry))
        assert.include(error.message, '"2024/12100_MetaData.csv"')
      }),
  )

  it.live("is named when several files match, or when it is not given", () =>
    Effect.gen(function* () {
      for (const options of [{ zipEntry: "*.csv" }, {}]) {
        const error = yield* Effect.flip(decompressAll(archive, options))
        assert.strictEqual(error.code, "not_csv")
        assert.match(
          error.message,
          /12100\.csv", "2024\/12100_MetaData\.csv"\. Choose one with the option zipEntry/,
        )
      }
    }),
  )

  it.live("finds a name in either Unicode normal form, and names files that no option can distinguish", () =>
    Effect.gen(function* () {
      const [composed, decomposed] = ["données.csv".normalize("NFC"), "données.csv".normalize("NFD")]
      for (const name of [composed, decomposed])
        for (const zipEntry of [composed, decomposed, "donn?es.csv"]) {
          const { body } = yield* decompressAll(zip(name, "other.csv"), { zipEntry })
          assert.strictEqual(body.toString(), name)
        }
      for (const second of [composed, decomposed, "Donn\u00e9es.CSV"]) {
        const error = yield* Effect.flip(decompressAll(zip(composed, second), { zipEntry: composed }))
        assert.include(error.message, "Some names are equal, or differ only in case or Unicode form")
      }
    }),
  )

  it("takes no longer for a pattern that almost matches in many ways", () => {
    const start = performance.now()
    assert.isFalse(isChosen("a".repeat(20_000), `${"*a".repeat(100)}b`))
    assert.isBelow(performance.now() - start, 2000)
  })
})
