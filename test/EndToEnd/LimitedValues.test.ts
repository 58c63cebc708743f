import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pipeline } from "node:stream/promises"
import type { Client } from "pg"
import { from as copyFrom } from "pg-copy-streams"
import { encodingSpace } from "../../src/Csv/types/encode/Encoder.ts"
import { charactersCode, typeCodes } from "../../src/Csv/types/encode/encodeAs.ts"
import { GivenNotation } from "../../src/Csv/types/lenient/GivenNotation.ts"
import { knownType, limitOf } from "../../src/Domain/load/columns/target/ExistingTable.ts"
import { utf8 } from "../Csv/readingCsv.ts"
import { anyTextOf, seeded } from "../Csv/types/anyText.ts"
import { encodedRows, isNumber, shown } from "../Csv/types/encodedRows.ts"
import { connect } from "../Csv/types/typedTable.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

const count = 3000

/** Columns with a limit, and texts for them besides random ones. */
const limited: Readonly<Record<string, ReadonlyArray<string>>> = {
  "character varying(3)": [
    "",
    "abc",
    "abcd",
    "abc   ",
    "ab  ",
    "   ",
    "    ",
    "äöü",
    "äöü ",
    "äöüß",
    "😀😀😀",
    "abc\t",
    "\t\t\t\t",
  ],
  "character(3)": ["", "a", "abc", "abcd", "abc   ", "äöü  ", "äöüß", "abc\u00a0"],
  "character varying(1)": ["\u0301a", "é", "e\u0301", " ", "  "],
  "numeric(4,2)": [
    "99.99",
    "99.994",
    "99.995",
    "-99.995",
    "99.9949999",
    "100",
    "0.005",
    "-0.005",
    "0.0049",
    "9.995",
    "1e-20000",
    "NaN",
    "inf",
  ],
  "numeric(4,0)": ["9999.4", "9999.5", "-9999.5", "0.5", "-0.5", "1.5", "2.5", "9999e0", "1e4", "00012345"],
  "numeric(3,-2)": ["49", "50", "-50", "99949", "99950", "99900", "12345", "1e5", "0.1"],
  "numeric(2,4)": ["0.0099", "0.00994", "0.00995", "0.01", "0.00005", "0.00004", "-0.00005"],
  "numeric(1,1)": ["0.9", "0.94", "0.95", "1", "0.05", "0.04"],
  "numeric(20,8)": ["999999999999.999999994", "999999999999.999999995", "1e12", "123456789.123456789"],
  "numeric(1000,0)": ["9".repeat(1000), `${"9".repeat(1000)}.5`, `${"9".repeat(1000)}.4`, "1e1000", "1e999"],
}

const anyLimitedText = (type: string, random: ReturnType<typeof seeded>): string => {
  const { below, pick } = random
  if (!type.startsWith("numeric"))
    return Array.from({ length: below(7) }, () => pick("a", " ", " ", "é", "€", "😀")).join("")
  const digits = (count: number) =>
    Array.from({ length: count }, () => pick("9", "9", "0", String(below(10)))).join("")
  return pick(
    anyTextOf.numeric(random),
    `${pick("", "-")}${digits(below(14))}.${digits(1 + below(10))}`,
    `${pick("", "-")}${digits(1 + below(6))}e${below(12) - 6}`,
  )
}

/** Compares what a table has after COPY with what Postgres's input function makes of the same texts. */
const compareLimited = async (
  client: Client,
  type: string,
  texts: ReadonlyArray<string>,
): Promise<number> => {
  const limit = limitOf(type)
  const typeCode = knownType(type) === "numeric" ? typeCodes.numeric : charactersCode
  const notation = new GivenNotation(1, {}, [limit])
  const fields = texts.map((text) => {
    const bytes = utf8(text)
    const out = new DataView(new ArrayBuffer(4 + bytes.length + encodingSpace))
    const end = notation.encode(typeCode, 0, bytes, 0, bytes.length, out, 4)
    if (end === -1) return null
    out.setInt32(0, end - 4)
    return new Uint8Array(out.buffer, 0, end)
  })
  await client.query(`drop table if exists encoded; create temp table encoded (n integer, v ${type})`)
  await pipeline(encodedRows(fields), client.query(copyFrom("copy encoded from stdin with (format binary)")))
  const { rows } = await client.query<{ text: string; stored: string | null; input: string | null }>(
    `select t as text, '<' || encoded.v::text || '>' as stored, '<' || input.v::text || '>' as input
     from (select n - 1 as n, t from unnest($1::text[]) with ordinality as texts (t, n)) as texts
       left join encoded using (n)
       cross join lateral jsonb_populate_record(
         null::encoded, jsonb_build_object('v', case when pg_input_is_valid(t, '${type}') then t end)
       ) as input
     where encoded.v is distinct from input.v or encoded.v::text is distinct from input.v::text`,
    [texts],
  )
  for (const { input, stored, text } of rows)
    if (stored !== null || !type.startsWith("numeric") || isNumber(text))
      assert.fail(`${type}: ${shown(text)} is ${shown(stored)}, but ${shown(input)} in Postgres`)
  return fields.filter((field) => field !== null).length
}

layer(TestDatabase.layer)("the binary form of a value", (it) => {
  describe.each(Object.keys(limited))("for a column of type %s", (type) => {
    it.effect(
      "is what Postgres's input makes of it, and there is none for a value that the column cannot have",
      () =>
        Effect.gen(function* () {
          const client = yield* connect
          yield* Effect.promise(() => compareLimited(client, type, limited[type]!))
          const random = seeded(1)
          const texts = Array.from({ length: count }, () => anyLimitedText(type, random))
          const encoded = yield* Effect.promise(() => compareLimited(client, type, texts))
          assert.isAbove(encoded, count / 20)
        }).pipe(Effect.scoped),
      30_000,
    )
  })
})
