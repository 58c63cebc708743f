import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { selectColumns } from "../../../src/Csv/columns/selectColumns.ts"
import { valueFits } from "../../../src/Csv/columns/valueFits.ts"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { LoadOptions } from "../../../src/Domain/load/options/LoadOptions.ts"
import { planColumns } from "../../../src/Domain/load/columns/planColumns.ts"
import * as ByteSize from "effect/ByteSize"
import { decodeRows, utf8 } from "../readingCsv.ts"

const decode = Schema.decodeUnknownSync(LoadOptions)

const rowsOf = Effect.fnUntraced(function* (file: string, options: object) {
  const csv = yield* readCsv(Stream.make(utf8(file)), {
    maxRecordSize: ByteSize.mebibytes(1),
    onBadRow: "reject",
  })
  const plan = yield* Effect.fromResult(planColumns(csv.header, decode(options)))
  const batches = yield* Stream.runCollect(csv.batches.pipe(selectColumns(plan, csv.header.length)))
  return batches.flatMap(({ bytes }) => decodeRows(bytes))
}, Effect.scoped)

const file = 'id,name,amount,note\n1,Ann,007,"a, b"\n2,"",-,\n3,n/a,1.50,"x"\n'

describe("selected columns", () => {
  it.effect("are the only ones in the rows", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* rowsOf(file, {}), [
        ["1", "Ann", "007", "a, b"],
        ["2", "", "-", null],
        ["3", "n/a", "1.50", "x"],
      ])
      assert.deepStrictEqual(yield* rowsOf(file, { columns: { id: null, amount: null } }), [
        ["Ann", "a, b"],
        ["", null],
        ["n/a", "x"],
      ])
      assert.deepStrictEqual(yield* rowsOf(file, { columns: { note: {} }, otherColumns: "skip" }), [
        ["a, b"],
        [null],
        ["x"],
      ])
    }),
  )

  it.effect("have their own texts for NULL, quoted or not", () =>
    Effect.gen(function* () {
      const columns = { amount: { type: "numeric", nullValues: "-" }, name: { nullValues: ["", "n/a"] } }
      assert.deepStrictEqual(yield* rowsOf(file, { columns, otherColumns: "skip" }), [
        ["Ann", "007"],
        [null, null],
        [null, "1.50"],
      ])
    }),
  )

  it.effect("fail the load at the first value without their type, with its record", () =>
    Effect.gen(function* () {
      const damaged = `a,b\n1,2024-01-01\n2\n3,2024-02-30\n`
      const error = yield* Effect.flip(rowsOf(damaged, { columns: { b: { name: "day", type: "date" } } }))
      assert.strictEqual(error._tag, "LoadError")
      assert.strictEqual(error.code, "type_mismatch")
      assert.deepInclude(error.place, { record: 3, column: 2 })
      assert.include(error.message, 'Column "day" cannot be date: its value in record 3 is "2024-02-30"')
    }),
  )
})

describe("a value", () => {
  it("has a type if Postgres casts it with one meaning", () => {
    const values: Partial<Record<keyof typeof valueFits, readonly [string, string]>> = {
      bigint: [
        "0|-1|+5|007|9223372036854775807|-9223372036854775808| 5 ",
        "|1.0|1,0|9223372036854775808|x|5 5",
      ],
      numeric: ["1|.5|5.|-1.5e-3|NaN|Infinity", "|1,5|--1|1_000|e5|."],
      "double precision": ["1e5|-0.0|inf", "|0x1F|1 2"],
      boolean: ["true|T|Yes|0|off| f ", "|2|wahr|truely"],
      date: [
        "2024-02-29|0001-01-01|9999-12-31",
        "|2023-02-29|2024-1-1|01/02/2024|0000-01-01|2024-01-01 10:00",
      ],
      timestamp: [
        "2024-01-01|2024-01-01 10:00|2024-01-01T10:00:00.123456",
        "|2024-01-01 24:00|2024-01-01 10:00Z|10:00",
      ],
      timestamptz: [
        "2024-01-01 10:00Z|2024-01-01T10:00:00+02:00|2024-01-01 10:00:00 -0530",
        "|2024-01-01|2024-01-01 10:00",
      ],
      uuid: ["0189C5AE-0000-7000-8000-000000000000", "|0189c5ae00007000800000000000000"],
      jsonb: ['{"a":[1]}|1|"x"|null', "|{|{a:1}|NaN"],
    }
    for (const [type, [good, bad]] of Object.entries(values)) {
      const fits = valueFits[type as keyof typeof valueFits]
      for (const text of good.split("|")) assert.isTrue(fits(text), `${type}: ${text}`)
      for (const text of bad.split("|")) assert.isFalse(fits(text), `${type}: ${text}`)
    }
  })
})
