import { assert, describe, layer } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { pipeline } from "node:stream/promises"
import type { Client } from "pg"
import { from as copyFrom } from "pg-copy-streams"
import { encodingSpace } from "../../src/Csv/types/encode/Encoder.ts"
import { encodeAs, typeCodes } from "../../src/Csv/types/encode/encodeAs.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { utf8 } from "../Csv/readingCsv.ts"
import { connect } from "../Csv/types/typedTable.ts"
import { encodedRows, isNumber, shown } from "../Csv/types/encodedRows.ts"
import { anyTextOf, seeded } from "../Csv/types/anyText.ts"

/** Values of each type. `ENCODED_VALUES=1000000` checks more of them, with `ENCODED_SEED` others. */
const number = (name: string, usual: number) =>
  Effect.runSync(Config.Int(name).pipe(Config.withDefault(usual)))
const count = number("ENCODED_VALUES", 3000)
const seed = number("ENCODED_SEED", 1)
const perCopy = 50_000

type EncodedType = keyof typeof typeCodes

const booleans = new Set(["true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"])
const dayForm = String.raw`^\d{4,7}-\d\d-\d\d`
const clockForm = String.raw`\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?`
const offsetForm = String.raw` ?(?:Z|[+-](?:0\d|1[0-4])(?::?\d\d)?)`
const infinite = /^-?infinity$/
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The forms of each type that have one meaning in every session. What Postgres casts of them must be encoded. */
const hasForm: Readonly<Record<EncodedType, (text: string) => boolean>> = {
  smallint: (text) => /^\s*[+-]?\d+\s*$/.test(text),
  real: isNumber,
  integer: (text) => /^\s*[+-]?\d+\s*$/.test(text),
  bigint: (text) => /^\s*[+-]?\d+\s*$/.test(text),
  numeric: isNumber,
  "double precision": isNumber,
  boolean: (text) => booleans.has(text.trim().toLowerCase()),
  date: (text) => infinite.test(text) || new RegExp(`${dayForm}(?: BC)?$`).test(text),
  time: (text) => new RegExp(`^${clockForm}$`).test(text),
  timestamp: (text) =>
    infinite.test(text) || new RegExp(`${dayForm}(?:[ T]${clockForm})?(?: BC)?$`).test(text),
  timestamptz: (text) =>
    infinite.test(text) || new RegExp(`${dayForm}[ T]${clockForm}${offsetForm}(?: BC)?$`).test(text),
  uuid: (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text),
  jsonb: isJson,
}

const sendFunctions: Readonly<Record<EncodedType, string>> = {
  smallint: "int2send",
  real: "float4send",
  integer: "int4send",
  bigint: "int8send",
  numeric: "numeric_send",
  "double precision": "float8send",
  boolean: "boolsend",
  date: "date_send",
  time: "time_send",
  timestamp: "timestamp_send",
  timestamptz: "timestamptz_send",
  uuid: "uuid_send",
  jsonb: "jsonb_send",
}

/** The value as a field of a binary COPY; `null` if it is not encoded. Checks that it keeps to its space. */
const fieldOf = (type: EncodedType, text: string): Uint8Array | null => {
  const bytes = utf8(`<${text}>`)
  const out = new Uint8Array(4 + bytes.length + encodingSpace).fill(0xaa)
  const space = bytes.length - 2 + encodingSpace
  const view = new DataView(out.buffer)
  const end = encodeAs(typeCodes[type], bytes, 1, bytes.length - 1, view, 4)
  if (end === -1) return null
  assert.isAtMost(end - 4, space, `${type}: ${text}`)
  view.setInt32(0, end - 4)
  return out.subarray(0, end)
}

/**
 * Sends the values by COPY and compares them with Postgres's casts of the texts, by their binary form and as text. Returns
 * the number of values that are encoded.
 */
const compare = async (client: Client, type: EncodedType, texts: ReadonlyArray<string>): Promise<number> => {
  const fields = texts.map((text) => fieldOf(type, text))
  await client.query(`drop table if exists encoded; create temp table encoded (n integer, v ${type})`)
  await pipeline(encodedRows(fields), client.query(copyFrom("copy encoded from stdin with (format binary)")))
  const send = sendFunctions[type]
  const { rows } = await client.query<{
    text: string
    stored: string | null
    cast: string | null
    same: boolean
  }>(
    `select t as text, v::text as stored, valid::text as cast,
       v is not null and valid is not null and ${send}(v) = ${send}(valid) and v::text = valid::text as same
     from (select n - 1 as n, t, case when pg_input_is_valid(t, '${type}') then t::${type} end as valid
           from unnest($1::text[]) with ordinality as texts (t, n)) as texts
     left join encoded using (n)
     where v is not null or valid is not null`,
    [texts],
  )
  for (const { same, stored, text, ...row } of rows)
    if (!same && (stored !== null || hasForm[type](text)))
      assert.fail(`${type}: ${shown(text)} is ${shown(stored)}, but ${shown(row.cast)} in Postgres`)
  return fields.filter((field) => field !== null).length
}

const bigger = "9".repeat(131_072)

/** Limits and rare forms. */
const edges: Readonly<Record<EncodedType, ReadonlyArray<string>>> = {
  smallint: ["32767", "-32768", "32768", "-32769", "65536", "-0", " +007 ", "2147483648", ""],
  real: [
    "-0",
    "0e99999",
    "3.4028234663852886e38",
    "3.4028235677973366e38",
    "3.40282356779733661637539395458142568447e38",
    "3.40282356779733661637539395458142568448e38",
    "1.401298464324817e-45",
    "7.006492321624085354618e-46",
    "7.006492321624085354619e-46",
    "16777217",
    "16777217.0000000000000000000000001",
    "16777219",
    "16777218.9999999999999999999999999",
    "1e39",
    "1e-46",
    "1e400",
    "-1e-400",
    "-infinity",
    "NaN",
    "",
  ],
  integer: ["2147483647", "-2147483648", "2147483648", "-2147483649", "-0", "+0", " 007 ", "-", "+", "", " "],
  bigint: [
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "-9223372036854775809",
    "99999999999999999999",
    "9999999999999999999",
    "-0",
    "00000000000000000000000000000001",
    "4294967296",
    "-4294967296",
    "-",
  ],
  numeric: [
    bigger,
    `-${bigger}.5`,
    `1${bigger}`,
    `${bigger}.${"1".repeat(16_383)}`,
    `0.${"1".repeat(16_384)}`,
    `0.${"0".repeat(16_382)}1`,
    "1e131071",
    "1e131072",
    "1e-16383",
    "1e-16384",
    "0e999999",
    "0e-16384",
    "-0.00",
    "10000.0001",
    "00010000",
    "100000000.000000010",
    "NaN",
    "-inf",
    "+Infinity",
    "-nan",
    ".",
    "e5",
    "1e",
    "1.5e+",
  ],
  "double precision": [
    "-0",
    "-0.0e5",
    "0e99999",
    "1e-320",
    "4.9e-324",
    "2.4703282292062327e-324",
    "2.4703282292062328e-324",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "1e400",
    "1e-400",
    "9007199254740993",
    "9007199254740993.00000000000000000000001",
    "1e23",
    "1e22",
    "123456789012345e22",
    "8.5e-22",
    "0.000000000000000000000000000001",
    "NaN",
    "-infinity",
    "0x1F",
  ],
  boolean: ["TRUE", "oFF", "tr", "ys", "\x01"],
  date: [
    "0001-01-01",
    "0001-01-01 BC",
    "4714-11-24 BC",
    "4714-11-23 BC",
    "0044-03-15 BC",
    "0005-02-29 BC",
    "5874897-12-31",
    "5874898-01-01",
    "2023-02-29",
    "infinity",
  ],
  time: [
    "00:00",
    "24:00:00",
    "24:00:01",
    "23:59:60",
    "23:59:60.1",
    "12:30:60.5",
    "12:30:61",
    "23:59:59.999999",
  ],
  timestamp: [
    "294276-12-31 23:59:59.999999",
    "294277-01-01 00:00:00",
    "4714-11-24 00:00:00 BC",
    "2016-12-31 23:59:60",
    "2016-12-31 24:00:00",
    "2016-12-31T23:59:60.000001",
    "1999-12-31 23:59:59.999999",
    "-infinity",
  ],
  timestamptz: [
    "2016-12-31T23:59:60Z",
    "0001-01-01 00:00:00+14",
    "0044-03-15 12:00:00+02 BC",
    "4714-11-24 00:00:00+01 BC",
    "294276-12-31 23:59:59-01",
    "2020-01-01 00:00:00 +05:30",
    "2020-01-01",
  ],
  uuid: ["00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"],
  jsonb: ['{"a":1,"a":2}', "-0", "1e300", '"\\u00e9"', " [1] "],
}

layer(TestDatabase.layer)("the binary form of a value", (it) => {
  describe.each(Object.keys(typeCodes) as ReadonlyArray<EncodedType>)("of type %s", (type) => {
    it.effect(
      "is Postgres's own, and every form with one meaning has one",
      () =>
        Effect.gen(function* () {
          const client = yield* connect
          yield* Effect.promise(() => compare(client, type, edges[type]))
          const random = seeded(seed)
          let encoded = 0
          for (let left = count; left > 0; left -= perCopy) {
            const texts = Array.from({ length: Math.min(left, perCopy) }, () => anyTextOf[type](random))
            encoded += yield* Effect.promise(() => compare(client, type, texts))
          }
          assert.isAbove(encoded, count / 10)
        }).pipe(Effect.scoped),
      { timeout: 30_000 + count },
    )
  })
})
