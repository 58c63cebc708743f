import { assert, layer } from "@effect/vitest"
import type { Client } from "pg"
import * as Effect from "effect/Effect"
import { RowEncoder } from "../../src/Csv/columns/RowEncoder.ts"
import type { ColumnType } from "../../src/Domain/load/columns/ColumnType.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { seeded } from "../Csv/types/anyText.ts"
import { batchOf, plainColumns, type Value } from "../Csv/types/inferring.ts"
import { change, connect, copyEncoded, temporaryTable, textsOf } from "../Csv/types/typedTable.ts"

interface Options extends Pick<LoadOptions, "dateFormat" | "decimal"> {
  /** The types that the user gives; `null`: inferred. */
  readonly types?: ReadonlyArray<ColumnType | null>
}

type Columns = ReadonlyArray<ReadonlyArray<Value>>

/** The types of the columns with `types=lenient`, and the values of the rows that are not rejected. */
const loaded = Effect.fnUntraced(function* (
  client: Client,
  columns: Columns,
  { types = [], ...notation }: Options = {},
) {
  const plan = plainColumns(columns.length, types)
  const encoder = new RowEncoder(plan, columns.length, {
    ...notation,
    infer: true,
    types: "lenient",
    onBadRow: "reject",
  })
  const rows = columns[0]!.map((_, row) => columns.map((values) => values[row] ?? null))
  if (types.length === 0) encoder.observe(batchOf(rows.slice(0, 2)))
  encoder.start()
  const table = yield* temporaryTable(client, encoder.stored)
  for (let row = 0; row < rows.length; row += 3)
    yield* copyEncoded(client, table, encoder, rows.slice(row, row + 3))
  yield* change(client, encoder.conversions)
  const texts = yield* textsOf(
    client,
    columns.map((_, index) => `c${index}::text`),
  )
  return { types: encoder.types, texts, warnings: encoder.warnings.map(({ message }) => message) }
})

const session = Effect.tap(connect, (client) =>
  Effect.promise(() => client.query("set timezone to utc; set datestyle to iso")),
)

const split = (text: string): ReadonlyArray<Value> => text.split("|")

/** The columns of a file, and for each its type with the texts that Postgres prints; `text`: unchanged. */
const files: ReadonlyArray<
  readonly [name: string, columns: ReadonlyArray<string>, printed: ReadonlyArray<string>, options?: Options]
> = [
  [
    "points beside decimal commas separate thousands",
    ["1.234|5.678|7", "1,5|2,75|3"],
    ["bigint 1234|5678|7", "numeric 1.5|2.75|3"],
  ],
  [
    "points beside decimal points are decimal",
    ["1.234|5.678", "1.5|2.75"],
    ["numeric 1.234|5.678", "numeric 1.5|2.75"],
  ],
  [
    "commas beside decimal points separate thousands",
    ["1,234|5,678", "1.5|2"],
    ["bigint 1234|5678", "numeric 1.5|2"],
  ],
  [
    "commas beside a decimal comma with thousands",
    ["1,234|5,678", "1.234,5|2"],
    ["numeric 1.234|5.678", "numeric 1234.5|2"],
  ],
  ["points alone have two readings", ["1.234|5.678"], ["text"]],
  ["points with a decimal comma in the same column", ["1.234|5,5|1.000"], ["numeric 1234|5.5|1000"]],
  [
    "two decimal signs decide about no other column",
    ["1.234|5.678", "1,5|2", "1.5|2"],
    ["text", "numeric 1.5|2", "numeric 1.5|2"],
  ],
  ["a column of both signs decides about no other column", ["1.234|5.678", "1,5|2.5"], ["text", "text"]],
  ["text decides about no other column", ["1.234|5.678", "1,5|n/a"], ["text", "text"]],
  [
    "the given sign decides",
    ["1.234|5.678", "1,234|2"],
    ["bigint 1234|5678", "numeric 1.234|2"],
    { decimal: "," },
  ],
  [
    "days first, as in another column",
    ["01/02/2024|02/03/2024", "31/01/2024|05/06/2024"],
    ["date 2024-02-01|2024-03-02", "date 2024-01-31|2024-06-05"],
  ],
  [
    "days first, as in another format",
    ["01/02/2024|02/03/2024", "31.01.2024 10:30|05.06.2024 10:30"],
    ["date 2024-02-01|2024-03-02", "timestamp 2024-01-31 10:30:00|2024-06-05 10:30:00"],
  ],
  [
    "months first, as in another column",
    ["01/02/2024|2/3/2024", "1/31/2024|1/1/2024"],
    ["date 2024-01-02|2024-02-03", "date 2024-01-31|2024-01-01"],
  ],
  [
    "both orders decide about no other column",
    ["01/02/2024|02/03/2024", "31/01/2024|1/1/2024", "01/31/2024|1/1/2024"],
    ["text", "date 2024-01-31|2024-01-01", "date 2024-01-31|2024-01-01"],
  ],
  ["days and months that are the same number", ["01/01/2024|02/02/2024"], ["date 2024-01-01|2024-02-02"]],
  [
    "a given format decides about others in its order",
    ["01/02/2024|02/03/2024", "01.02.2024 10:30|01.02.2024 10:30", "5 May 2024|1 Jan 2024"],
    [
      "date 2024-02-01|2024-03-02",
      "timestamp 2024-02-01 10:30:00|2024-02-01 10:30:00",
      "date 2024-05-05|2024-01-01",
    ],
    { dateFormat: "DD/MM/YYYY" },
  ],
  [
    "dates in the other order than the given format",
    ["01/31/2024|01/01/2024"],
    ["text"],
    { dateFormat: "DD/MM/YYYY" },
  ],
  [
    "numbers that are dates",
    ["20240131|20240201", "20240131|20241301"],
    ["date 2024-01-31|2024-02-01", "bigint 20240131|20241301"],
    { dateFormat: "YYYYMMDD" },
  ],
  [
    "codes of words for true and false",
    ["NO|ON|NO", "T|N|T", "Y|F|Y", "Y|N|T"],
    ["text", "text", "text", "text"],
  ],
  [
    "answers",
    ["NO|yes|n", "on|OFF|on", "f|T|false"],
    ["boolean false|true|false", "boolean true|false|true", "boolean false|true|false"],
  ],
  ["given numbers of one currency", ["€50|$51|7|€1.5"], ["numeric 50|7|1.5"], { types: ["numeric"] }],
  ["given numbers with percent signs", ["5 %|7|1%"], ["numeric 5|1"], { types: ["numeric"] }],
  [
    "given numbers with two readings before one that proves the sign",
    ["1,234|2.5|1,234"],
    ["numeric 2.5|1234"],
    { types: ["numeric"] },
  ],
  [
    "given numbers with a decimal comma",
    ["2,5|1.234|1.5|1,234"],
    ["numeric 2.5|1234|1.234"],
    { types: ["numeric"] },
  ],
  [
    "given numbers beside those that prove the sign",
    ["1|1.234|2", "1|2,5|2,5"],
    ["numeric 1|2", "numeric 1|2.5"],
    { types: ["numeric", "numeric"] },
  ],
  [
    "given numbers after those that prove the sign",
    ["1|7|1.234", "1|2,5|2,5"],
    ["numeric 1|7|1234", "numeric 1|2.5|2.5"],
    { types: ["numeric", "numeric"] },
  ],
  [
    "given dates of one order",
    ["01/02/2024|31/01/2024|01/02/2024|01/31/2024"],
    ["date 2024-01-31|2024-02-01"],
    { types: ["date"] },
  ],
  [
    "given dates of one format",
    ["2024-01-31|31/01/2024|2024-02-01"],
    ["date 2024-01-31|2024-02-01"],
    { types: ["date"] },
  ],
  [
    "given dates with names of months",
    ["5 May 2024|31 Jan 2024"],
    ["date 2024-05-05|2024-01-31"],
    { types: ["date"] },
  ],
  [
    "given dates of a given format or ISO 8601",
    ["2024-01-31|01/02/2024|1 May 2024"],
    ["date 2024-01-31|2024-02-01"],
    { types: ["date"], dateFormat: "DD/MM/YYYY" },
  ],
]

const { below, pick } = seeded(5)
const group = () => `${1 + below(999)}`
const three = () => String(below(1000)).padStart(3, "0")

/** Numbers in a notation, and what they are with a decimal point and with a decimal comma; `null`: none. */
const numbers: ReadonlyArray<() => readonly [text: string, point: string | null, comma: string | null]> = [
  () => {
    const whole = String(below(1e5))
    return [whole, whole, whole]
  },
  () => {
    const [whole, places] = [String(below(100)), String(below(100)).padStart(2, "0")]
    return [`${whole}.${places}`, `${whole}.${places}`, null]
  },
  () => {
    const [whole, places] = [String(below(100)), String(below(100)).padStart(2, "0")]
    return [`${whole},${places}`, null, `${whole}.${places}`]
  },
  () => {
    const [first, second] = [group(), three()]
    return [`${first}.${second}`, `${first}.${second}`, first + second]
  },
  () => {
    const [first, second] = [group(), three()]
    return [`${first},${second}`, first + second, `${first}.${second}`]
  },
  () => {
    const [first, second] = [group(), three()]
    return [`${first} ${second}`, first + second, first + second]
  },
]
type AnyNumber = ReturnType<(typeof numbers)[number]>

/** The readings of a column: those with a point and with a comma, as far as all numbers have them. */
const readingsOf = (column: ReadonlyArray<AnyNumber>) => {
  const [points, commas] = [column.map(([, point]) => point), column.map(([, , comma]) => comma)]
  return {
    points: points.includes(null) ? null : points,
    commas: commas.includes(null) ? null : commas,
    seesPoint: column.some(([, , comma]) => comma === null),
    seesComma: column.some(([, point]) => point === null),
  }
}

/** The values of the columns by a plain rule: a column with two readings is read as the rest of the file, or is text. */
const expectedOf = (file: ReadonlyArray<ReadonlyArray<AnyNumber>>): ReadonlyArray<ReadonlyArray<Value>> => {
  const all = file.map(readingsOf)
  const [seesPoint, seesComma] = [all.some((one) => one.seesPoint), all.some((one) => one.seesComma)]
  const provesPoint = all.some(({ commas, points }) => points !== null && commas === null)
  const provesComma = all.some(({ commas, points }) => commas !== null && points === null)
  return file.map((column, index) => {
    const { commas, points } = all[index]!
    const texts = column.map(([text]) => text)
    if (points === null || commas === null) return points ?? commas ?? texts
    if (points.join() === commas.join()) return points
    if (provesPoint && !seesComma) return points
    return provesComma && !seesPoint ? commas : texts
  })
}

const plain = (value: Value): Value =>
  value === null || !/^-?\d+(?:\.\d+)?$/.test(value) ? value : String(Number(value))

layer(TestDatabase.layer)("a value with two readings", (it) => {
  it.effect("is read in the notation that its file proves, or is not taken", () =>
    Effect.gen(function* () {
      const client = yield* session
      for (const [name, columns, printed, options] of files) {
        const found = yield* loaded(client, columns.map(split), options)
        const shown = found.types.map((type, index) =>
          type === "text" ? "text" : `${type} ${found.texts[index]!.join("|")}`,
        )
        assert.deepStrictEqual(shown, printed, name)
        for (const [index, type] of found.types.entries())
          if (type === "text") assert.deepStrictEqual(found.texts[index], split(columns[index]!), name)
      }
    }),
  )

  it.effect("is read by the rest of the file, whatever the order of rows and columns", () =>
    Effect.gen(function* () {
      const client = yield* session
      for (let run = 0; run < 150; run++) {
        const rows = 1 + below(7)
        const file = Array.from({ length: 1 + below(4) }, () => {
          const some = [pick(...numbers), pick(...numbers, ...numbers.slice(0, 1))].slice(0, pick(1, 2))
          return Array.from({ length: rows }, () => pick(...some)())
        })
        const ordered = pick(
          file,
          file.map((column) => column.toReversed()),
          file.toReversed(),
        )
        const found = yield* loaded(
          client,
          ordered.map((column) => column.map(([text]) => text)),
        )
        assert.deepStrictEqual(
          found.texts.map((values) => values.map(plain)),
          expectedOf(ordered).map((values) => values.map(plain)),
          JSON.stringify(ordered),
        )
      }
    }),
  )

  it.effect("is named if the given date format fits no column", () =>
    Effect.gen(function* () {
      const client = yield* session
      const wrong = { dateFormat: "DD/MM/YYYY" }
      const americans = [split("01/31/2024|01/01/2024")]
      const message = 'No column has values of the format dateFormat=DD/MM/YYYY: "c0" has MM/DD/YYYY.'
      const inferred = yield* loaded(client, americans, wrong)
      assert.deepStrictEqual(inferred.warnings, [message])
      const given = yield* loaded(client, [split("01/31/2024|12/31/2024")], { ...wrong, types: ["date"] })
      assert.deepStrictEqual(given.warnings, [message])
      const fitting = yield* loaded(client, [split("31/01/2024|n/a")], { ...wrong, types: ["date"] })
      assert.deepStrictEqual(fitting.warnings, [])
    }),
  )
})
