import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { ColumnType } from "../../../src/Domain/load/columns/ColumnType.ts"

/** Values of one type, written in one way. */
export interface AnyColumn {
  readonly values: ReadonlyArray<string>
  readonly type: ColumnType
  /** SQL that makes the text of a typed value again, `$` standing for it. */
  readonly back: string
}

const literal = <A extends string | number>(...values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.schema(Schema.Literals(values))
const natural = Arbitrary.schema(Schema.Natural)
/** Numbers spread over 32 bits. */
const spread = Arbitrary.map(natural, (number) => Math.imul(number, 0x9e3779b1) >>> 0)
const below = (bound: number) => Arbitrary.map(spread, (number) => number % bound)

const columnOf = (
  value: Arbitrary.Arbitrary<string>,
  type: ColumnType,
  back: string,
): Arbitrary.Arbitrary<AnyColumn> =>
  Arbitrary.map(Arbitrary.array(value, { minLength: 1, maxLength: 8 }), (values) => ({ values, type, back }))

const two = (number: number): string => String(number).padStart(2, "0")

const digits = Arbitrary.map(Arbitrary.all([spread, spread]), ([first, second]) => `${first}${second}`)
const sign = literal("", "-")

const bigints = columnOf(
  Arbitrary.map(Arbitrary.all([sign, spread, digits, below(4)]), ([sign, short, long, kind]) =>
    kind === 0 ? `${sign}${long.slice(0, 18).replace(/^0+/, "1")}` : `${sign}${short + 1}`,
  ),
  "bigint",
  "$::text",
)

const numerics = Arbitrary.map(
  columnOf(
    Arbitrary.map(
      Arbitrary.all([sign, spread, digits, literal(0, 1, 2, 5, 12)]),
      ([sign, whole, fraction, scale]) =>
        scale === 0
          ? `${sign}${whole + 1}`
          : `${sign}${whole}.${fraction.padStart(20, "7").slice(0, scale - 1)}${whole % 10}`,
    ),
    "numeric",
    "$::text",
  ),
  // One that is neither a bigint nor a double.
  (column) => ({ ...column, values: [...column.values.filter((value) => !/^-0\.0*$/.test(value)), "1.50"] }),
)

const doubles = Arbitrary.map(
  columnOf(
    Arbitrary.map(Arbitrary.all([sign, spread, spread, below(600)]), ([sign, first, second, power]) => {
      const value = (first + second / 2 ** 32 + 1e-9) * (power < 300 ? 1 : 10 ** (power - 600))
      const text = value >= 1e-4 ? String(value) : value.toExponential()
      return sign + text.replace(/e-(\d)$/, "e-0$1")
    }),
    "double precision",
    "$::text",
  ),
  (column) => ({ ...column, values: [...column.values, "1e-07"] }),
)

const booleans = Arbitrary.flatMap(
  Arbitrary.schema(Schema.Literals(["$::text", "upper($::text)", "initcap($::text)", "left($::text, 1)"])),
  (back) => {
    const words = {
      "$::text": ["true", "false"],
      "upper($::text)": ["TRUE", "FALSE"],
      "initcap($::text)": ["True", "False"],
      "left($::text, 1)": ["t", "f"],
    }[back]
    return Arbitrary.map(columnOf(literal(...words), "boolean", back), (column) => ({
      ...column,
      values: [...column.values, ...words],
    }))
  },
)

const day = Arbitrary.map(
  Arbitrary.all([below(9999), below(12), below(28), literal("02-29", "12-31", "04-30", "", "", "")]),
  ([year, month, day, end]) => {
    const isEnd =
      end !== "" &&
      (end !== "02-29" || new Date(Date.UTC(2000 + ((year + 1) % 400), 1, 29)).getUTCMonth() === 1)
    return `${String(year + 1).padStart(4, "0")}-${isEnd ? end : `${two(month + 1)}-${two(day + 1)}`}`
  },
)
const dates = columnOf(day, "date", "$::text")

interface TimeFormat {
  /** What Postgres's to_char makes of it. */
  readonly pattern: string
  readonly fraction: (micros: string) => string
}

const timeFormats: ReadonlyArray<TimeFormat> = [
  { pattern: "HH24:MI:SS", fraction: () => "" },
  ...[1, 2, 3, 4, 5, 6].map((width) => ({
    pattern: `HH24:MI:SS.FF${width}`,
    fraction: (micros: string) => `.${micros.slice(0, width)}`,
  })),
]

const offsets: ReadonlyArray<readonly [text: string, interval: string]> = [
  ["Z", "0"],
  ["+00", "0"],
  ["+02:00", "2:00"],
  ["-0530", "-5:30"],
  ["+14", "14:00"],
]

const times = Arbitrary.flatMap(
  Arbitrary.all([below(timeFormats.length), literal(" ", "T"), below(offsets.length + 2)]),
  ([formatIndex, separator, offsetIndex]) => {
    const format = timeFormats[formatIndex]!
    const [offset, interval] = offsets[offsetIndex] ?? ["", null]
    const value = Arbitrary.map(
      Arbitrary.all([day, below(24), below(60), below(60), below(1_000_000)]),
      ([day, hours, minutes, seconds, micros]) =>
        `${day}${separator}${two(hours)}:${two(minutes)}:${two(seconds)}` +
        `${format.fraction(String(micros).padStart(6, "0"))}${offset}`,
    )
    const local = interval === null ? "$" : `($ at time zone interval '${interval}')`
    return columnOf(
      value,
      interval === null ? "timestamp" : "timestamptz",
      `to_char(${local}, 'YYYY-MM-DD"${separator}"${format.pattern}') || '${offset}'`,
    )
  },
)

/** As Postgres prints it: no zero at the end of a fraction. */
const trimmedTimes = columnOf(
  Arbitrary.map(Arbitrary.all([day, below(1_000_000)]), ([day, micros]) =>
    `${day} 07:08:09.${String(micros).padStart(6, "0")}`.replace(/\.?0+$/, ""),
  ),
  "timestamp",
  "$::text",
)

const hex = (number: number): string => number.toString(16).padStart(8, "0")
const uuids = Arbitrary.flatMap(literal("lower", "upper"), (letters) =>
  columnOf(
    Arbitrary.map(Arbitrary.all([spread, spread, spread, spread]), (parts) => {
      const text = parts
        .map(hex)
        .join("")
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
      return letters === "lower" ? text : text.toUpperCase()
    }),
    "uuid",
    `${letters}($::text)`,
  ),
)

/** JSON as Postgres prints it, so that there is a text to compare. */
const jsons = columnOf(
  Arbitrary.map(
    Arbitrary.all([spread, digits, literal("é", "東", '\\"', "\\\\", "🦆", ":", "}")]),
    ([n, long, text]) =>
      n % 2 === 0
        ? `{"a": ${n}, "b": [1${long}.50, "${text}", null, true], "~~${text}": {}}`
        : `[{"${text}": "${text}"}, [], -${n + 1}]`,
  ),
  "jsonb",
  "$::text",
)

const texts = columnOf(literal("a", "", "1", "é", "007", "2024-02-30"), "text", "$")

export const anyColumn: Arbitrary.Arbitrary<AnyColumn> = Arbitrary.flatMap(
  literal(
    "bigints",
    "numerics",
    "doubles",
    "booleans",
    "dates",
    "times",
    "trimmedTimes",
    "uuids",
    "jsons",
    "texts",
  ),
  (kind) =>
    ({
      bigints,
      numerics,
      doubles,
      booleans,
      dates,
      times,
      trimmedTimes,
      uuids,
      jsons,
      texts: Arbitrary.map(texts, (column) => ({ ...column, values: [...column.values, "007"] })),
    })[kind],
)
