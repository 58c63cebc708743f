import { assert, describe, it } from "@effect/vitest"
import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import type { AlmostTyped, TypeChoice } from "../../../src/Domain/load/AlmostTyped.ts"
import type { LoadOptions } from "../../../src/Domain/load/options/LoadOptions.ts"
import type { PlannedColumn } from "../../../src/Domain/load/columns/planColumns.ts"
import { seeded } from "../types/anyText.ts"
import { batchOf, plainColumns, type Value } from "../types/inferring.ts"

type Options = Pick<LoadOptions, "dateFormat" | "decimal" | "types">

const { below, pick } = seeded(11)

const two = (number: number): string => String(number).padStart(2, "0")
const digits = (most: number): string => String(below(10 ** (1 + below(most))))
const grouped = (separator: string): string =>
  `${1 + below(999)}${separator}${String(below(1000)).padStart(3, "0")}`
const dayOf = (sign: string, order: "day" | "month", mostDays: number): string => {
  const [day, month] = [two(1 + below(mostDays)), two(1 + below(12))]
  return `${order === "day" ? [day, month].join(sign) : [month, day].join(sign)}${sign}20${two(below(100))}`
}

/** Values of one spelling. */
const spellings: ReadonlyArray<() => string> = [
  () => digits(9),
  () => `${digits(3)}.${digits(2)}`,
  () => `${digits(3)},${digits(2)}`,
  () => grouped("."),
  () => grouped(","),
  () => `${grouped(",")}.5`,
  () => `${grouped(".")},25`,
  () => `${pick("", "-")}${grouped(" ")}`,
  () => `${digits(3)} %`,
  () => `€${digits(3)}`,
  () => `${digits(2)}.50 $`,
  () => `${digits(2)}e${1 + below(9)}`,
  () => pick("NaN", "inf", "-Infinity"),
  () => `0${1 + below(9)}${digits(3)}`,
  () => `(${digits(3)})`,
  () => dayOf("/", "day", 12),
  () => dayOf("/", "day", 28),
  () => dayOf("/", "month", 28),
  () => dayOf(".", "day", 28),
  () => `${dayOf(".", "day", 28)} ${two(below(24))}:${two(below(60))}`,
  () => `${1 + below(28)} ${pick("Jan", "may", "OCT")} 2024`,
  () => `2024-${two(1 + below(12))}-${two(1 + below(28))}`,
  () => `2024-01-${two(1 + below(28))} ${two(below(24))}:${two(below(60))}`,
  () => `2024-01-01 10:00${pick("+01", "+02:00", "Z")}`,
  () => pick("infinity", "2024-01-01 24:00", "0044-03-15 BC", "2024-02-30"),
  () => `${two(below(24))}:${two(below(60))}`,
  () => pick("yes", "no", "Y", "n", "NO"),
  () => pick("true", "false", "True"),
  () => pick("0", "1"),
  () => pick("t", "f", "T"),
  () => pick("on", "OFF", "ON"),
  () => "0189c5ae-0000-7000-8000-00000000000" + pick("a", "B"),
  () => `{"a":${digits(2)}}`,
  () => pick("n/a", "NULL", "-", "x", "", " ", "unknown"),
]

/** A column of one or two spellings, with up to four other values. */
const anyColumn = (): ReadonlyArray<Value> => {
  const some = [pick(...spellings), pick(...spellings)]
  const count = pick(1, 2)
  const values: Array<Value> = Array.from({ length: 1 + below(12) }, () => pick(...some.slice(0, count))())
  const other = pick<() => Value>(
    () => null,
    () => "n/a",
    ...spellings,
  )
  for (let n = below(5); n > 0; n--) values.splice(below(values.length + 1), 0, other())
  return values
}

const textBatch = (rows: ReadonlyArray<ReadonlyArray<Value>>, firstRecord = 1) => ({
  bytes: batchOf(rows),
  rows: rows.length,
  firstRecord,
  rejects: [],
  skipped: [],
  release: () => undefined,
})

/** Loads the columns and returns the types, the rejects and the hints. */
const load = (
  columns: ReadonlyArray<ReadonlyArray<Value>>,
  plan: ReadonlyArray<PlannedColumn>,
  options: Options,
) => {
  const types = options.types ?? "text"
  const encoder = new RowEncoder(plan, columns.length, {
    ...options,
    infer: true,
    // As a preview.
    keepText: types === "text",
    showsLenient: types === "text",
    onBadRow: "reject",
  })
  const rows = (columns[0] ?? []).map((_, row) => columns.map((values) => values[row] ?? null))
  const rejects: Array<string> = []
  for (let at = 0; at < rows.length; at += 5) {
    const some = rows.slice(at, at + 5)
    const batch = encoder.encode(textBatch(some, at + 1))
    if ("_tag" in batch) return assert.fail(batch.message)
    rejects.push(...batch.rejects.map(({ message }) => message))
  }
  return { types: encoder.types, rejects, almostTyped: encoder.almostTyped, warnings: encoder.warnings }
}

/** The plan with the options of a hint. */
const withChoice = (
  plan: ReadonlyArray<PlannedColumn>,
  { options }: TypeChoice,
): ReadonlyArray<PlannedColumn> =>
  plan.map((column) => {
    const option = options.columns?.[column.key]
    return option === undefined
      ? column
      : { ...column, type: option.type ?? null, nullValues: option.nullValues ?? [], option }
  })

const follow = (
  columns: ReadonlyArray<ReadonlyArray<Value>>,
  options: Options,
  { choices = [], column, message, type }: AlmostTyped,
) => {
  const plan = plainColumns(columns.length)
  assert.isNotEmpty(choices, message)
  assert.strictEqual(choices[0]?.type, type, message)
  for (const choice of choices) {
    const { columns: _, ...notation } = choice.options
    const how = `${JSON.stringify(columns)} ${JSON.stringify(options)} ${message} ${JSON.stringify(choice)}`
    const followed = load(columns, withChoice(plan, choice), { ...options, ...notation })
    assert.strictEqual(followed.types[Number(column.slice(1))], choice.type, how)
    assert.strictEqual(followed.rejects.length, choice.rejects, `${how} ${followed.rejects.join(" ")}`)
  }
}

const modes: ReadonlyArray<Options> = [
  { types: "infer" },
  { types: "lenient" },
  { types: "text" },
  { types: "lenient", decimal: "," },
  { types: "lenient", dateFormat: "DD/MM/YYYY" },
  { types: "lenient", dateFormat: "YYYYMMDD" },
]

describe("a hint about a column that is nearly of a type", () => {
  it.each(modes)("gives it the type with the announced rejects: %o", (options) => {
    let hints = 0
    for (let run = 0; run < 150; run++) {
      const columns = [anyColumn()]
      for (const almost of load(columns, plainColumns(1), options).almostTyped) {
        hints++
        follow(columns, options, almost)
      }
    }
    assert.isAbove(hints, 10)
  })

  it.each(modes)("does so in a file of several columns: %o", (options) => {
    let hints = 0
    for (let run = 0; run < 60; run++) {
      const columns = [anyColumn(), anyColumn(), anyColumn()]
      for (const almost of load(columns, plainColumns(3), options).almostTyped) {
        hints++
        follow(columns, options, almost)
      }
    }
    assert.isAbove(hints, 5)
  })

  it("is the same if rows are looked at before they are sent", () => {
    for (let run = 0; run < 60; run++) {
      const parts = [pick(...spellings), pick(...spellings), () => pick("n/a", "x")]
      const values = Array.from({ length: 6 }, () => pick(...parts)).flatMap((part) =>
        Array.from({ length: below(40) }, part),
      )
      const batches = [0, 30, 60, 90, 120].map((at) => values.slice(at, at + 30).map((value) => [value]))
      const hints = [true, false].map((isSample) => {
        const encoder = new RowEncoder(plainColumns(1), 1, { infer: true, types: "lenient", keepText: true })
        if (isSample) {
          for (const rows of batches) encoder.observe(batchOf(rows))
          encoder.start()
        }
        for (const rows of batches) encoder.encode(textBatch(rows))
        return encoder.almostTyped
      })
      assert.deepStrictEqual(hints[0], hints[1], JSON.stringify(values))
    }
  })
})
