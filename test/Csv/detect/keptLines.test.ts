import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readAll, utf8 } from "../readingCsv.ts"

interface Kept {
  readonly name: string
  readonly text: string
  readonly header: ReadonlyArray<string>
  readonly rows: number
  readonly delimiter?: string | null
  readonly skipped?: number
  readonly hasHeader?: false
}

const dates = ["May 5, 2024", "May 6, 2024", "May 7, 2024", "May 8, 2024"]

const files: ReadonlyArray<Kept> = [
  {
    name: "a record lacks the last column, which has no name and no value",
    text: `day;sum;\n${dates.map((day, n) => `${day};${n}${n > 0 ? ";" : ""}\n`).join("")}`,
    header: ["day", "sum", ""],
    rows: 4,
    delimiter: ";",
  },
  {
    name: "the same without a header, and some records lack a value as well",
    text: `${dates.map((day, n) => `${day};${n};1.5;${n < 2 ? "open;" : ""}\n`).join("")}`,
    header: ["column_1", "column_2", "column_3", "column_4", "column_5"],
    rows: 4,
    delimiter: ";",
    hasHeader: false,
  },
  {
    name: "records lack some of two empty columns",
    text: "a,b\n1,2,,\n3,4,,\n5,6,,\n7,8\n",
    header: ["a", "b", "", ""],
    rows: 4,
  },
  ...[",", ";", "\t", "|"].map((delimiter) => ({
    name: `only the header has the delimiter ${JSON.stringify(delimiter)}`,
    text: `left${delimiter}right\nnorth\nsouth\n`,
    header: [`left${delimiter}right`],
    rows: 2,
    delimiter: null,
  })),
  ...[",", ";"].map((delimiter) => ({
    name: `quoted lines of definitions above one quoted record: ${delimiter}`,
    text:
      '"Sales, with returns"\n"Words:"\n"Duty: what was paid for duty, parcels and more."\n"Fees: all, by share"\n' +
      '"Rest: see ""Kind"""\n"x, y; z"\n"Sums in EUR"\n' +
      ["day", "kind", "sum"].map((name) => `"${name}"`).join(delimiter) +
      "\n" +
      ["Mon", "Mug, blue", "1"].map((value) => `"${value}"`).join(delimiter),
    header: ["day", "kind", "sum"],
    rows: 1,
    delimiter,
    skipped: 7,
  })),
  {
    name: "a word above pairs of words",
    text: "Name\nDoe,John\nRoe,Jane\nPoe,Ann\nLee,Bob\n",
    header: ["Name", ""],
    rows: 4,
  },
  {
    name: "two columns of words, the first record with another delimiter",
    text: '"country";"capital"\n"Kenya","Vienna"\n"Chad";"Lima"\n"Oman";"Oslo"\n"Peru";"Rome"\n',
    header: ["country", "capital"],
    rows: 3,
  },
  {
    name: "notes of several cells below one record",
    text: "a,b,c,d,e\n1,x,y,2,z\n\nSource,the office\nNote: see page 7, at the end\n",
    header: ["a", "b", "c", "d", "e"],
    rows: 1,
    skipped: 2,
  },
]

describe("lines of a table", () => {
  it.effect.each(files)("are not lost: $name", ({ header, rows, text, ...file }) =>
    Effect.gen(function* () {
      const read = yield* readAll([utf8(text)], {
        csv: file.hasHeader === undefined ? {} : { header: file.hasHeader },
        onBadRow: "reject",
      })
      assert.deepStrictEqual([read.header, read.rows.length], [header, rows])
      assert.strictEqual(read.skipped.length, file.skipped ?? 0)
      if (file.delimiter !== undefined) assert.strictEqual(read.dialect?.delimiter, file.delimiter)
    }),
  )
})

describe("records of different widths", () => {
  it.effect("do not make a header wider", () =>
    Effect.gen(function* () {
      const json = ['[{ "no": 4, "who": "Ida" }, { "no": 5, "who": "Max" }]', '[{ "no": 6, "who": "Bo" }]']
      const read = yield* readAll([utf8(`nr,flag,crew\nx1,up,${json[0]}\nx2,down,${json[1]}\n`)], {
        onBadRow: "reject",
      })
      assert.deepStrictEqual(
        [read.header, read.rejects.map(({ line }) => line)],
        [
          ["nr", "flag", "crew"],
          [2, 3],
        ],
      )
    }),
  )
})
