import { assert, describe, it } from "@effect/vitest"
import { sourceHash } from "../../../scripts/buildWasm.ts"
import { FieldActions } from "../../../src/Csv/columns/FieldActions.ts"
import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import { RowWriter } from "../../../src/Csv/columns/RowWriter.ts"
import { StoredTypes } from "../../../src/Csv/columns/StoredTypes.ts"
import { compiledFrom } from "../../../src/Csv/columns/vector/Compiled.ts"
import { vectorWriter } from "../../../src/Csv/columns/vector/VectorWriter.ts"
import { GivenNotation } from "../../../src/Csv/types/lenient/GivenNotation.ts"
import type { ColumnType } from "../../../src/Domain/load/columns/ColumnType.ts"
import type { ValueLimit } from "../../../src/Domain/load/columns/target/ValueLimit.ts"
import type { PlannedColumn } from "../../../src/Domain/load/columns/planColumns.ts"
import { anyTextOf, seeded } from "../types/anyText.ts"
import { batchOf, plainColumns, type Value } from "../types/inferring.ts"

const random = seeded(3)
const { below, pick } = random

const digits = (most: number): string => String(below(10 ** pick(1, 2, 4, most)))
const two = (bound: number): string => String(below(bound)).padStart(2, "0")
const number = (): string => pick("", "", "-") + pick(digits(8), digits(8), digits(16), "0", "00", "")
const decimal = (): string =>
  number() + pick("", ".", `.${digits(5).padStart(pick(1, 3, 8), "0")}`, `.${digits(9)}0`)
const day = (): string =>
  `${pick("0001", "1900", "1999", "2000", "2023", "2024", "9999")}-${two(14)}-${pick(two(33), "28", "29")}`
const time = (): string =>
  day() +
  pick(" ", "T") +
  `${two(25)}:${two(61)}` +
  pick("", `:${two(61)}`, `:${two(61)}.${digits(7).padStart(pick(1, 3, 6), "0")}`)
const offset = (): string =>
  pick("Z", "+02", `${pick("+", "-")}${two(16)}${pick("", ":")}${two(62)}`, "-5", "z", "+", "+0:00")

/** Values in the usual formats, and texts that are almost such values. */
const usual: Readonly<Record<Exclude<ColumnType, "text">, () => string>> = {
  smallint: number,
  integer: number,
  bigint: number,
  numeric: decimal,
  real: decimal,
  "double precision": decimal,
  boolean: () => pick("true", "false", "t", "f", "True", "FALSE", "tRUE", "fals", "x"),
  date: day,
  time: () => time().slice(11),
  timestamp: time,
  timestamptz: () => time() + offset(),
  uuid: () => pick(anyTextOf.uuid(random).toLowerCase(), anyTextOf.uuid(random).toUpperCase()),
  jsonb: () => `[${digits(4)}]`,
}
const types = Object.keys(usual) as ReadonlyArray<keyof typeof usual>

const valueOf = (type: ColumnType): Value => {
  if (type === "text") return "é".repeat(below(pick(2, 10, 100)))
  return pick(null, ...Array<string>(20).fill(pick(usual[type](), usual[type](), anyTextOf[type](random))))
}

const batch = (bytes: Uint8Array, rows: number) => ({
  bytes,
  rows,
  firstRecord: 1,
  rejects: [],
  skipped: [],
  release: () => undefined,
})

/** The results of encoding the rows, one batch each after those of the sample. */
const encoded = (
  encoder: RowEncoder,
  sample: ReadonlyArray<ReadonlyArray<Value>>,
  batches: ReadonlyArray<ReadonlyArray<ReadonlyArray<Value>>>,
): ReadonlyArray<unknown> => {
  encoder.observe(batchOf(sample))
  encoder.start()
  return batches.map((rows) => {
    const result = encoder.encode(batch(batchOf(rows), rows.length))
    if ("_tag" in result) return result.message
    const changes = (result.changes ?? []).map(({ column, type, using }) => [column, type, using("c")])
    return [Buffer.from(result.bytes).toString("latin1"), result.rejects, changes, encoder.types]
  })
}

const wideRow = () => Array.from({ length: 1600 }, () => pick<Value>(null, "7", "7", "1.25"))

type Rows = ReadonlyArray<ReadonlyArray<Value>>

const bothWays = (
  plan: ReadonlyArray<PlannedColumn>,
  width: number,
  sample: Rows,
  batches: ReadonlyArray<Rows>,
): readonly [unknown, unknown] => {
  const encode = (vector: ReturnType<typeof vectorWriter>) =>
    encoded(new RowEncoder(plan, width, { infer: true, onBadRow: "reject", vector }), sample, batches)
  return [encode(vectorWriter()), encode(null)]
}

describe("writing rows with SIMD", () => {
  it("is supported on this machine", () => {
    assert.isNotNull(vectorWriter())
  })

  it("uses the module compiled from the current source (else run `npm run build:wasm`)", () => {
    assert.strictEqual(compiledFrom, sourceHash("rows"))
  })

  it.each(types)("gives the same %s, inferred types and rejects as JavaScript", (type) => {
    for (let run = 0; run < 60; run++) {
      // Most values that have a type in common, so that it is inferred.
      const model = usual[type]().replaceAll(/\d/g, () => String(below(10)))
      const value = (): Value => pick(valueOf(type), ...Array<string>(pick(0, 5, 50)).fill(model))
      const row = (): ReadonlyArray<Value> => [value(), value(), valueOf("text"), value()]
      const rows = () => Array.from({ length: 1 + below(20) }, row)
      const nullValues = pick([], [], ["", "-"], [model], ["0", "t", "NULL"])
      const given = pick<ColumnType | null>(null, type)
      const plan = plainColumns(4, [null, given], nullValues)
      assert.deepStrictEqual(...bothWays(plan, 4, rows(), [rows(), rows()]))
      assert.deepStrictEqual(...bothWays(plan.slice(1), 4, rows(), [rows(), rows()]))
    }
  })

  it("gives the same values and rejects for columns with limits", () => {
    const limits: ReadonlyArray<ValueLimit> = [
      { _tag: "Decimal", precision: 4, scale: 2 },
      { _tag: "Decimal", precision: 3, scale: -1 },
      { _tag: "Decimal", precision: 18, scale: 6 },
      { _tag: "Characters", most: 3 },
    ]
    const columns = plainColumns(4, ["numeric", "numeric", "numeric", "text"], ["-", "ab"])
    const plan = columns.map((column, index) => Object.assign({}, column, { limit: limits[index]! }))
    const texts = [null, "", "ab", "abc", "abcd", "abc  ", "äöü", "äöüß", "-"]
    const row = () => [valueOf("numeric"), valueOf("numeric"), valueOf("numeric"), pick(...texts)]
    for (let run = 0; run < 60; run++) {
      const rows = Array.from({ length: 20 }, row)
      assert.deepStrictEqual(...bothWays(plan, 4, [], [rows]))
    }
  })

  it("writes rows of any size", () => {
    const sample = [Array<Value>(1600).fill("1.5")]
    const wide = Array.from({ length: 45 }, wideRow)
    assert.deepStrictEqual(...bothWays(plainColumns(1600), 1600, sample, [wide]))
    const long = "x".repeat(140_000)
    const text = () => [pick("1", long, long.slice(below(100_000)), "")!, pick<Value>("2", null)]
    const texts = Array.from({ length: 6 }, text)
    assert.deepStrictEqual(...bothWays(plainColumns(2), 2, [["a", "1"]], [texts, [["1", "5"]]]))
  })

  it("counts a value once that is no number, also if its row is cut by the end of the memory", () => {
    const plan = plainColumns(2)
    const rows = Array.from({ length: 300 }, (_, row) => [row < 6 ? "1" : "n/a", "y".repeat(2000)])
    const bytes = batchOf(rows)
    for (const vector of [vectorWriter(), null]) {
      const stored = new StoredTypes(plan, { infer: true })
      const fields = new FieldActions(plan, 2)
      fields.choose(stored)
      const notation = new GivenNotation(plan.length, { types: "infer" })
      new RowWriter(fields, stored, notation, false, vector).write(bytes, new Uint8Array(2 * bytes.length))
      assert.deepInclude(stored.almostTyped()[0], {
        choices: [{ type: "bigint", options: {} }],
        misfits: 294,
        same: 294,
      })
    }
  })
})
