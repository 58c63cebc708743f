import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import { encodeBatches, typeRows } from "../../../src/Csv/columns/typeRows.ts"
import { encodeAs, typeCodes } from "../../../src/Csv/types/encode/encodeAs.ts"
import { encodingSpace } from "../../../src/Csv/types/encode/Encoder.ts"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { LoadOptions } from "../../../src/Domain/load/options/LoadOptions.ts"
import { planColumns } from "../../../src/Domain/load/columns/planColumns.ts"
import * as ByteSize from "effect/ByteSize"
import { decodeRows, utf8 } from "../readingCsv.ts"
import { batchOf, inferringEncoder } from "../types/inferring.ts"
import type { CopyBatch } from "../../../src/Domain/load/CopyBatch.ts"

const decode = Schema.decodeUnknownSync(LoadOptions)

const rowsOf = Effect.fnUntraced(function* (file: string, options: object) {
  const csv = yield* readCsv(Stream.make(utf8(file)), {
    maxRecordSize: ByteSize.mebibytes(1),
    onBadRow: "reject",
    findsRows: true,
  })
  const plan = yield* Effect.fromResult(planColumns(csv.header, decode(options)))
  const encoder = new RowEncoder(plan, csv.header.length, { infer: false, keepText: true })
  const batches = yield* Stream.runCollect(csv.batches.pipe(encodeBatches(encoder)))
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

  it.effect("fail the load with onBadRow=fail at the first value without their type, with its record", () =>
    Effect.gen(function* () {
      const damaged = `a,b\n1,2024-01-01\n2\n3,2024-02-30\n`
      const error = yield* Effect.flip(rowsOf(damaged, { columns: { b: { name: "day", type: "date" } } }))
      assert.strictEqual(error._tag, "LoadError")
      assert.strictEqual(error.code, "type_mismatch")
      assert.deepInclude(error.place, { record: 3, line: 4, column: 2, byteOffset: 21 })
      assert.include(
        error.message,
        'Column "day" cannot be date: its value in record 3, on line 4, is "2024-02-30"',
      )
    }),
  )
})

describe("a value", () => {
  it("has a type if Postgres casts it with one meaning", () => {
    const values: Record<keyof typeof typeCodes, readonly [string, string]> = {
      smallint: ["0|-1|+5|007|32767|-32768", "|1.0|32768|-32769|x"],
      real: ["1e5|-0.0|inf|3.4e38|1e-45", "|0x1F|1 2|1e39|1e-46"],
      integer: ["0|-1|+5|007|2147483647|-2147483648| 5 ", "|1.0|2147483648|-2147483649|x"],
      bigint: [
        "0|-1|+5|007|9223372036854775807|-9223372036854775808| 5 ",
        "|1.0|1,0|9223372036854775808|x|5 5",
      ],
      numeric: ["1|.5|5.|-1.5e-3|NaN|Infinity", "|1,5|--1|1_000|e5|."],
      "double precision": ["1e5|-0.0|inf", "|0x1F|1 2"],
      boolean: ["true|T|Yes|0|off| f ", "|2|wahr|truely"],
      date: [
        "2024-02-29|0001-01-01|9999-12-31|12024-01-01|0044-03-15 BC|infinity",
        "|2023-02-29|2024-1-1|01/02/2024|0000-01-01|2024-01-01 10:00|today",
      ],
      timestamp: [
        "2024-01-01|2024-01-01 10:00|2024-01-01T10:00:00.123456|2024-01-01 24:00|2016-12-31 23:59:60",
        "|2024-01-01 24:01|2024-01-01 10:00Z|10:00",
      ],
      timestamptz: [
        "2024-01-01 10:00Z|2024-01-01T10:00:00+02:00|2024-01-01 10:00:00 -0530",
        "|2024-01-01|2024-01-01 10:00",
      ],
      uuid: ["0189C5AE-0000-7000-8000-000000000000", "|0189c5ae00007000800000000000000"],
      time: ["10:00|23:59:59.123456|24:00:00|23:59:60", "|24:01|10|1:00|10:00Z|23:59:61"],
      jsonb: ['{"a":[1]}|1|"x"|null', "|{|{a:1}|NaN"],
    }
    for (const [type, [good, bad]] of Object.entries(values)) {
      const fits = (text: string): boolean => {
        const bytes = utf8(text)
        const out = new DataView(new ArrayBuffer(bytes.length + encodingSpace))
        return encodeAs(typeCodes[type as keyof typeof typeCodes], bytes, 0, bytes.length, out, 0) !== -1
      }
      for (const text of good.split("|")) assert.isTrue(fits(text), `${type}: ${text}`)
      for (const text of bad.split("|")) assert.isFalse(fits(text), `${type}: ${text}`)
    }
  })
})

/** Batches of one row, with how often each is released. */
const batchesOf = (rows: ReadonlyArray<ReadonlyArray<string | null>>) => {
  const released = rows.map(() => 0)
  const batches = rows.map((row, index): CopyBatch => ({
    bytes: batchOf([row]),
    rows: 1,
    firstRecord: index + 1,
    rejects: [],
    skipped: [],
    release: () => {
      released[index]!++
    },
  }))
  return { batches, released }
}

describe("inferred types of rows on their way", () => {
  it.effect("are those of the first rows, and a value without its type changes them before its row", () =>
    Effect.gen(function* () {
      const encoder = inferringEncoder(2)
      const first = ["1".repeat(1024 * 1024), "2024-01-01"]
      const { batches, released } = batchesOf([first, ["2", null], ["1.5", ""], ["x", "2"], [null, null]])
      const rows = yield* typeRows(Stream.rechunk(Stream.fromIterable(batches), 1), encoder)
      assert.deepStrictEqual(encoder.stored, ["text", "date"])
      const encoded = yield* Stream.runCollect(rows)
      assert.deepStrictEqual(
        encoded.map(({ changes = [] }) =>
          changes.map(({ column, type, using }) => [column, type, using("c")]),
        ),
        [[], [], [[1, "text", "c::text"]], [], []],
      )
      for (const { release } of encoded) release()
      assert.deepStrictEqual(released, [1, 1, 1, 1, 1])
      assert.strictEqual(encoder.rewrites, 1)
    }).pipe(Effect.scoped),
  )

  it("become text until the end if ever more columns would be rewritten", () => {
    const columns = 40
    const encoder = inferringEncoder(columns)
    const rowWith = (first: string, changed: number) =>
      Array.from({ length: columns }, (_, column) =>
        column === 0 ? first : column === changed ? "1.5" : "1",
      )
    const megabyte = batchesOf([rowWith("x".repeat(1024 * 1024), 0)]).batches[0]!
    encoder.observe(megabyte.bytes)
    encoder.start()
    for (let sent = 0; sent < 300; sent++) encoder.encode(megabyte)
    for (const batch of batchesOf(Array.from({ length: columns }, (_, changed) => rowWith("x", changed)))
      .batches)
      encoder.encode(batch)
    assert.strictEqual(encoder.rewrites, 3)
    assert.deepStrictEqual(new Set(encoder.stored), new Set(["text"]))
    const converted = encoder.conversions.map(({ type }) => type)
    assert.deepStrictEqual(converted, Array(columns - 1).fill("numeric"))
  })
})
