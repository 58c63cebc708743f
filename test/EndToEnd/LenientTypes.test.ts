import { assert, layer } from "@effect/vitest"
import type { Client } from "pg"
import * as Effect from "effect/Effect"
import { RowEncoder } from "../../src/Csv/columns/RowEncoder.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { batchOf, plainColumns, type Value } from "../Csv/types/inferring.ts"
import { change, connect, copyEncoded, temporaryTable, textsOf } from "../Csv/types/typedTable.ts"

type Options = Pick<LoadOptions, "dateFormat" | "decimal">

/** The column's values with the types that the options give it, as Postgres prints them, and its type. */
const loaded = Effect.fnUntraced(function* (
  client: Client,
  values: ReadonlyArray<Value>,
  options: Options & { readonly type?: "numeric" | "date" | "timestamp" | "timestamptz" | "time" } = {},
) {
  const { type, ...notation } = options
  const infer = type === undefined
  const encoder = new RowEncoder(plainColumns(1, [type ?? null]), 1, { ...notation, infer, types: "lenient" })
  const rows = values.map((value) => [value])
  if (infer) {
    // Two rows decide about the first type.
    encoder.observe(batchOf(rows.slice(0, 2)))
    encoder.start()
  }
  const table = yield* temporaryTable(client, encoder.stored)
  for (let row = 0; row < rows.length; row += 3)
    yield* copyEncoded(client, table, encoder, rows.slice(row, row + 3))
  yield* change(client, encoder.conversions)
  const [texts] = yield* textsOf(client, ["c0::text"])
  return { type: encoder.types[0], values: texts ?? [] }
})

/** A session with the settings of those that load. */
const session = Effect.tap(connect, (client) =>
  Effect.promise(() => client.query("set timezone to utc; set datestyle to iso")),
)

/** The values of a column, their type, and the texts that Postgres prints of them; `null`: as they were. */
const columns: ReadonlyArray<readonly [string, string, string, string | null, Options?]> = [
  ["thousands and a point", "numeric", "1,234.50|-5|1,000,000", "1234.50|-5|1000000"],
  ["thousands alone, by a long number", "bigint", "1,234|12,345,678|7", "1234|12345678|7"],
  ["thousands alone, which may be decimals", "text", "1,234|5,678", null],
  ["a decimal comma", "numeric", "1,5|2,75|-3", "1.5|2.75|-3"],
  ["a decimal comma that is given", "numeric", "1,234|2.345,6|7", "1.234|2345.6|7", { decimal: "," }],
  ["points that separate thousands", "bigint", "1.234|5|2.345.678", "1234|5|2345678", { decimal: "," }],
  ["a decimal point among commas", "text", "1.5|2,5|3", null],
  ["spaces as thousands", "numeric", "1 234,5|1\u00a0234,5|1\u202f234,25", "1234.5|1234.5|1234.25"],
  ["apostrophes as thousands", "numeric", "1'234.5|1’000’000.0", "1234.5|1000000.0"],
  ["a minus beyond ASCII", "numeric", "−1.5|2.5|−0.25", "-1.5|2.5|-0.25"],
  ["percent signs", "numeric", "12.5%|7 %|-1%", "12.5|7|-1"],
  ["percent signs in some values", "text", "12.5%|7|1%", null],
  ["one currency", "numeric", "$1,234.50|-$5|$0.5", "1234.50|-5|0.5"],
  ["a currency after the number", "numeric", "1.234,50 €|5 €", "1234.50|5"],
  ["two currencies", "text", "$5|5 €", null],
  ["parentheses for negative amounts", "numeric", "$1,234.00|($5.50)|(1)", "1234.00|-5.50|-1"],
  ["nothing but parentheses", "text", "(1)|(2)", null],
  ["exponents", "double precision", "1e5|1.0|2E-7|-0.5", "100000|1|2e-07|-0.5"],
  ["exponents after decimals", "double precision", "1.0|2.50|3|1e5", "1|2.5|3|100000"],
  ["exponents next to many digits", "numeric", "1e5|0.1234567890123456789", "100000|0.1234567890123456789"],
  [
    "exponents that no double has",
    "numeric",
    "1.5|1e309|-2E-330",
    `1.5|1${"0".repeat(309)}|-0.${"0".repeat(329)}2`,
  ],
  ["exponents of zero", "double precision", "1.5|0e999", "1.5|0"],
  ["infinite numbers", "double precision", "1,234.5|inf|NaN", "1234.5|Infinity|NaN"],
  ["post codes", "text", "01234|12345|99999", null],
  ["telephone numbers", "text", "+49 170 123|+49 171 456", null],
  ["times of day", "time", "10:30|23:59:59.5|00:00", "10:30:00|23:59:59.5|00:00:00"],
  ["formats of timestamps", "timestamp", "2024-01-31 10:30|2024-02-01T00:00:01.50|2024-03-01", null],
  [
    "offsets that change",
    "timestamptz",
    "2024-01-31 10:30+01:00|2024-07-31T10:30:00+02|2024-07-31 10:30Z",
    "2024-01-31 09:30:00+00|2024-07-31 08:30:00+00|2024-07-31 10:30:00+00",
  ],
  ["times with and without an offset", "text", "2024-01-31 10:30Z|2024-01-31 10:30", null],
  [
    "days first, by a day above 12",
    "date",
    "01/02/2024|31/1/2024|3/3/2024",
    "2024-02-01|2024-01-31|2024-03-03",
  ],
  ["months first, by a day above 12", "date", "01/02/2024|1/31/2024", "2024-01-02|2024-01-31"],
  ["days and months below 13", "text", "01/02/2024|02/03/2024", null],
  ["days and months both ways", "text", "31/01/2024|01/31/2024", null],
  [
    "dates with points",
    "timestamp",
    "31.01.2024 10:30|01.02.2024 23:59",
    "2024-01-31 10:30:00|2024-02-01 23:59:00",
  ],
  ["names of months", "date", "31 Jan 2024|1 feb 2024|5 May 2024", "2024-01-31|2024-02-01|2024-05-05"],
  ["whole names of months", "date", "January 31, 2024|May 1, 2024", "2024-01-31|2024-05-01"],
  [
    "a given date format",
    "date",
    "01/02/2024|02/03/2024",
    "2024-02-01|2024-03-02",
    { dateFormat: "DD/MM/YYYY" },
  ],
  [
    "a given format with everything",
    "timestamptz",
    "31-Jan-24 01:02:03.5 PM +05:30|01-Dec-99 12:00:00.25 am -00:00",
    "2024-01-31 07:32:03.5+00|1999-12-01 00:00:00.25+00",
    { dateFormat: "DD-Mon-YY HH12:MI:SS.US AM TZH:TZM" },
  ],
  [
    "a format with letters",
    "timestamp",
    "20240131T1030|20240201T0000",
    "2024-01-31 10:30:00|2024-02-01 00:00:00",
    { dateFormat: 'YYYYMMDD"T"HH24MI' },
  ],
  ["a time of twelve hours", "time", "1:30 PM|12:00 AM", "13:30:00|00:00:00", { dateFormat: "HH:MI AM" }],
  ["a day that does not exist", "text", "31/02/2024|30/01/2024", null],
  ["yes and no", "boolean", "yes|NO|y", "true|false|true"],
  ["letters", "boolean", "Y|N|y", "true|false|true"],
  ["one letter", "text", "F|F", null],
  ["one word that can be a code", "text", "NO|NO", null],
  ["one word that cannot", "boolean", "FALSE|FALSE", "false|false"],
  ["words of several spellings", "boolean", "true|False|t|no", "true|false|true|false"],
  ["ones and zeros", "bigint", "1|0|1", null],
  ["ones among words", "text", "yes|1|0", null],
  [
    "UUIDs in both cases",
    "uuid",
    "0189C5AE-0000-7000-8000-00000000000a|0189c5ae-0000-7000-8000-00000000000B",
    "0189c5ae-0000-7000-8000-00000000000a|0189c5ae-0000-7000-8000-00000000000b",
  ],
  ["what types=infer reads", "numeric", "1|2.50", null],
  ["numbers and a word", "text", "1,234.5|n/a|2", null],
  ["dates and a word", "text", "2024-01-31|n/a", null],
]

layer(TestDatabase.layer)("lenient types", (it) => {
  it.effect("keep the values and not their spelling, whatever the order of the values", () =>
    Effect.gen(function* () {
      const client = yield* session
      for (const [name, type, written, printed, options] of columns) {
        const values = written.split("|")
        const expected = printed?.split("|") ?? (type === "timestamp" ? null : values)
        for (const isReversed of [false, true]) {
          const order = <A>(items: ReadonlyArray<A>) => (isReversed ? items.toReversed() : [...items])
          const found = yield* loaded(client, order([...values, null]), options)
          assert.strictEqual(found.type, type, `${name}: ${order(values).join(" ")}`)
          if (expected !== null) assert.deepStrictEqual(found.values, order([...expected, null]), name)
        }
      }
    }),
  )

  it.effect("read values like the encoders of given types", () =>
    Effect.gen(function* () {
      const client = yield* session
      for (const [name, type, written, , options] of columns) {
        if (type !== "numeric" && type !== "date" && type !== "timestamp" && type !== "time") continue
        if (type !== "numeric" && options === undefined) continue
        const values = written.split("|")
        const decimal = /comma|euro|€|spaces|after/.test(name) ? "," : undefined
        const inferred = yield* loaded(client, values, options)
        const given = yield* loaded(client, values, {
          ...(decimal === undefined ? {} : { decimal }),
          ...options,
          type,
        })
        assert.deepStrictEqual(given.values, inferred.values, name)
      }
    }),
  )
})
