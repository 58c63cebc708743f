import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CsvOptions } from "../../../src/Domain/load/options/CsvOptions.ts"
import { cut, readAll, utf8 } from "../readingCsv.ts"
import { draftsOf, draftsOfOneColumn, smallDrafts } from "./pollution/drafts.ts"
import { textOf } from "./pollution/Draft.ts"
import { clean } from "./pollution/pollutions.ts"

/** Codes and lines of the warnings of a file, and their messages. The chunks do not matter. */
const warned = Effect.fnUntraced(function* (text: string, csv: CsvOptions = {}) {
  const { warnings } = yield* readAll([utf8(text)], { csv, onBadRow: "reject" })
  assert.deepStrictEqual((yield* readAll(cut(utf8(text), 7), { csv, onBadRow: "reject" })).warnings, warnings)
  return {
    codes: warnings.map(({ code, line }) => `${code} ${line}`),
    text: warnings.map(({ message }) => message).join("\n"),
  }
})

const delimiters = [",", ";", "\t", "|"]

/** The same file with another delimiter. */
const withDelimiter = (text: string, delimiter: string): string => text.replaceAll(",", delimiter)

describe("another reading that is almost as likely", () => {
  it.effect("is not seen in clean files", () =>
    Effect.gen(function* () {
      for (const draft of [...draftsOf(clean), ...draftsOfOneColumn(clean), ...smallDrafts(clean)])
        assert.deepStrictEqual((yield* warned(textOf(draft))).codes, [], textOf(draft).slice(0, 200))
    }),
  )

  /** Its two rows are joined unless one is asked for. */
  const twoHeaders =
    "2023 results,Male,,Female,\nAge,n,%,n,%\n18-29,5,10%,6,12%\n30-44,7,14%,8,16%\n45+,9,18%,10,20%\n"

  it.effect.each(delimiters)("is another header, which skipLines settles: %j", (delimiter) =>
    Effect.gen(function* () {
      const file = withDelimiter(twoHeaders, delimiter)
      const { codes, text } = yield* warned(file, { headerRows: 1 })
      assert.deepStrictEqual(codes, ["close_reading 1"])
      assert.include(text, "and the header in line 1. With ")
      assert.include(text, "and the header in line 2 is almost as likely. To choose, give skipLines.")
      for (const skipLines of [0, 1])
        assert.deepStrictEqual((yield* warned(file, { headerRows: 1, skipLines })).codes, [])
    }),
  )

  it.effect("is the header of a wider table that skips the first one", () =>
    Effect.gen(function* () {
      const { codes } = yield* warned("id,name\n1,Ann\n2,Bob\n3,Cy\n\ncity,pop,area\nPrague,1,2\nBrno,3,4\n")
      assert.deepStrictEqual(codes, ["close_reading 1", "two_tables 6"])
    }),
  )

  it.effect("is another delimiter, which delimiter settles", () =>
    Effect.gen(function* () {
      const text =
        "Population by country\nSource: Eurostat, 2022\n,2015,2016,2017\nAustria,100,101,102\nBelgium,200,201,202\n"
      const { header, warnings } = yield* readAll([utf8(text)], { onBadRow: "reject" })
      const named = warnings.map(({ message }) => message).join("\n")
      // Detection may learn to read the table; until then the warning has to name it.
      if (header?.length !== 4)
        assert.include(
          named,
          "With , and the header in line 3 is almost as likely. To choose, give delimiter and skipLines.",
        )
      assert.deepStrictEqual((yield* warned(text, { delimiter: ",", skipLines: 2 })).codes, [])
    }),
  )

  it.effect("has the lines of the file, below sep= and skipped lines", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* warned(`sep=,\n${twoHeaders}`, { headerRows: 1 })).codes, [
        "close_reading 2",
      ])
    }),
  )
})

describe("another table in the sample", () => {
  it.effect.each(delimiters)("is in the lines before the header: %j", (delimiter) =>
    Effect.gen(function* () {
      const pairs = "id,name\n1,Ann\n2,Bob\n\nx,y,z\n1,2,3\n4,5,6\n7,8,9\n"
      const titled =
        "Date,Open\n2024-01-01,5\n2024-01-02,6\n\nDividends\nDate,Amount,Currency\n2024-03-01,0.5,USD\n2024-06-01,0.5,USD\n2024-09-01,0.5,USD\n"
      for (const text of [pairs, titled]) {
        const { codes } = yield* warned(withDelimiter(text, delimiter))
        assert.deepStrictEqual(codes, ["two_tables 1"])
      }
    }),
  )

  it.effect.each(delimiters)("has fewer columns, after an empty line or record: %j", (delimiter) =>
    Effect.gen(function* () {
      const first = "id,name,qty,price\n1,Ann,2,3\n2,Bob,3,4\n3,Cy,4,5\n"
      const second = "city,pop,,\nPrague,1,,\nBrno,3,,\nOlomouc,4,,\n"
      for (const empty of ["\n", ",,,\n"]) {
        const { codes } = yield* warned(withDelimiter(first + empty + second, delimiter))
        assert.strictEqual(codes[0], "two_tables 6")
        // After an empty line the check of the last lines sees it too. Jobs and previews show the first of the two.
        assert.isTrue(codes.slice(1).every((code) => code === "close_reading 6"))
      }
    }),
  )

  it.effect("is neither keys with values nor records without their last cells", () =>
    Effect.gen(function* () {
      const keys = "Station,Prague\nHeight,300\nYear,2024\n\nid,name,qty\n1,a,2\n2,b,3\n3,c,4\n"
      const sparse = "id,name,qty,note\n1,Ann,2,x\n2,Bob,3,\n\n3,Cy,4,\n4,Di,5,\n5,Ed,6,\n"
      for (const text of [keys, sparse]) assert.deepStrictEqual((yield* warned(text)).codes, [])
    }),
  )
})

describe("a line of dashes below the header", () => {
  it.effect.each([
    "id,name,qty\n--,----,---\n1,a,2\n2,b,3\n",
    "id\n--\n1\n2\n",
    "id;name\n===;====\n1;a\n2;b\n",
  ])("is named: %j", (text) => Effect.map(warned(text), ({ codes }) => assert.include(codes, "ruled_line 2")))

  it.effect("is no record of missing values", () =>
    Effect.gen(function* () {
      for (const text of ["id,a,b\n-,-,-\n1,5,6\n2,7,8\n", "id,a,b\n1,--,--\n2,7,8\n3,7,9\n"])
        assert.notInclude((yield* warned(text)).codes, "ruled_line 2")
    }),
  )
})

describe("apostrophes as quotes", () => {
  const mixed = "id,name,town\n1,'Ann','New York'\n2,Bob,Ulm\n3,'Cy',Graz\n4,Dee,'Linz'\n"

  it.effect.each(delimiters)(
    "are doubtful if other texts have none and no value needs them: %j",
    (delimiter) =>
      Effect.gen(function* () {
        const file = withDelimiter(mixed, delimiter)
        const { codes, text } = yield* warned(file)
        assert.deepStrictEqual(codes, ["close_reading 2"])
        assert.include(text, "quote=none")
        for (const quote of ["'", null]) assert.deepStrictEqual((yield* warned(file, { quote })).codes, [])
      }),
  )

  it.effect("are not if a value needs them, or all texts have them", () =>
    Effect.gen(function* () {
      for (const file of [
        mixed.replace("'Cy'", "'Cy, jr.'"),
        "'id','name','town'\n1,'Ann','New York'\n2,'Bob','Ulm'\n",
      ])
        assert.deepStrictEqual((yield* warned(file)).codes, [], file)
    }),
  )
})
