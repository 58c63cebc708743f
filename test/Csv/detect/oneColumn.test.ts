import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { foundOut, readAll, utf8 } from "../readingCsv.ts"

describe("values with delimiters in the only column", () => {
  it.effect.each<readonly [string, string, ReadonlyArray<string>]>([
    ["decimal commas", "Price", ["72,70", "75,57", "50,14", "5,49", "7,97", "32,06", "15,38", "80,49"]],
    ["amounts with a currency", "Price", ["55,50 €", "9,50 €", "67,50 €", "28,50 €", "89,50 €", "7,50 €"]],
    ["thousands and decimals", "Sales", ["1.234,56", "2.345,67", "3.456,78", "4.567,89", "1.111,10"]],
    ["decimal commas below a title", "Prices 2024", ["Price", "72,70", "75,57", "50,14", "5,49", "7,97"]],
    ["coordinates", "point", ["17.1406,15.8351", "29.0211,46.6341", "79.1017,70.1939", "20.9859,22.2915"]],
    [
      "numbers of one form",
      "lake (m)",
      ["6,43", "97,14", "19,71", "8,79", "92,84", "50,97", "34,06", "96,31"],
    ],
    ["lists below single texts", "tags", ["new", "red", "red;blue;gray", "old;new;blue", "old;red;new"]],
    [
      "lists of one length below a text",
      "Tags",
      ["iron", "oak;elm;bear", "east;west;gate", "iron;zinc;gold"],
    ],
  ])("are not split below a name without any: %s", ([, name, values]) =>
    Effect.gen(function* () {
      const { header, rows } = yield* foundOut([utf8(`${[name, ...values].join("\n")}\n`)])
      assert.deepStrictEqual([header, rows], [[name], values.map((value) => [value])])
    }),
  )
})

describe("lists of texts below single texts", () => {
  it.effect("are doubtful if they are split", () =>
    Effect.gen(function* () {
      for (const text of [
        "Pipes\na|b|c\nd|e|f\ng|h|i\n",
        "Tests\na||b\nc||d\ne||f\ng||h\n",
        "Staff\nName;Town\nAnn;Graz\nBob;Wien\nCy;Linz\n",
      ]) {
        const { header, warnings } = yield* readAll([utf8(text)], { onBadRow: "reject" })
        const isOne = header?.length === 1
        assert.isTrue(isOne || warnings.some(({ message }) => message.includes("With one column")), text)
      }
      for (const text of [
        "Staff\n\nName;Town\nAnn;Graz\nBob;Wien\n",
        "Staff\nName;Age\nAnn;31\nBob;42\nCy;53\n",
      ])
        assert.deepStrictEqual((yield* readAll([utf8(text)], { onBadRow: "reject" })).warnings, [], text)
    }),
  )
})

describe("delimiter=none", () => {
  it.effect("makes one column of any lines, without a warning", () =>
    Effect.gen(function* () {
      for (const [text, rows] of [
        ["a,b\n1,2\n3,4\n", ["1,2", "3,4"]],
        ['a\n"1;2"\n"x ""y"""\n', ["1;2", 'x "y"']],
        ["a^b^c\n1^2^3\n4^5^6\n7^8^9\n", ["1^2^3", "4^5^6", "7^8^9"]],
        ["a\\tb\n1\\,2\n3,4\n", ["1\\,2", "3,4"]],
        ["sep=;\na;b\n1;2\n", ["1;2"]],
        ["day value\n2024-01-01 1.5\n2024-01-02 2.5\n", ["2024-01-01 1.5", "2024-01-02 2.5"]],
      ] as const) {
        const read = yield* readAll([utf8(text)], { csv: { delimiter: null }, onBadRow: "reject" })
        assert.deepStrictEqual([read.header?.length, read.rows], [1, rows.map((row) => [row])], text)
        assert.deepStrictEqual([read.dialect?.delimiter, read.warnings], [null, []], text)
      }
    }),
  )
})
