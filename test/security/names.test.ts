import { assert, describe, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { columnNames } from "../../src/Domain/load/columns/ColumnNames.ts"
import { quoteIdentifier } from "../../src/Domain/load/columns/SqlIdentifier.ts"
import { GivenTableName, TableName, tableNameBase } from "../../src/Domain/load/columns/TableName.ts"
import { ColumnOption } from "../../src/Domain/load/options/ColumnOption.ts"
import * as ClaimLoop from "../../src/Worker/ClaimLoop.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { expectedLogs } from "../support/expectedLogs.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

const reserved = [
  "pg_class",
  "pg_",
  "PG_Class",
  "pg_toast_1",
  "pg_a\u00e9",
  "\u1d18g_x",
  "p\u0262_x",
  "\uff50\uff47\uff3fclass",
  "\u{1d429}g_class",
  "information_schema",
  "INFORMATION_SCHEMA",
  "sluice",
  "Sluice",
  "\uff53luice",
  "boss",
  "BOSS",
  "bo\u017fs",
  // Letters of other scripts, and marks.
  "\u0440g_class",
  "p\u0261_class",
  "\u0420G_CLASS",
  "p\u0301g_class",
  "p\u011d_class",
  "\u0455luice",
  "b\u043e\u0455\u0455",
  "b\u03bfss",
  "inf\u043ermati\u043en_schema",
  "\u0456nformation_\u0455chema",
]

const unseen: Readonly<Record<string, ReadonlyArray<number>>> = {
  "a control character": [0x00, 0x07, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9f],
  "a format character": [0x00ad, 0x0600, 0x06dd, 0x070f, 0x180e, 0xfff9, 0xfffb, 0x110bd, 0x1d173],
  "a zero-width character": [0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2064, 0xfeff],
  "a bidirectional control": [
    0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
  ],
  "a tag or a variation selector": [0xe0001, 0xe0061, 0xe007f, 0xfe00, 0xfe0f, 0xe0100],
  "an ignorable letter": [0x034f, 0x115f, 0x1160, 0x17b4, 0x3164, 0xffa0],
  "a private character": [0xe000, 0xf8ff, 0xf0000, 0x10fffd],
  "a line or a paragraph separator": [0x2028, 0x2029],
  "a blank that is no space": [0x00a0, 0x1680, 0x2000, 0x2003, 0x2009, 0x202f, 0x205f, 0x3000],
  "a sign that is drawn as a blank": [0x2800, 0x1d159],
  "a noncharacter": [0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1ffff, 0x10fffe],
  "an unassigned character": [0x0378, 0x05ff, 0x1ff0f, 0x2fe00, 0xe0fff],
  "an ignorable character": [0x17b5, 0x180b, 0x180f, 0x2065, 0xfff0, 0x1bca0, 0xe0080],
  "half a character": [0xd800, 0xdc00],
}

const outerBlanks = [" a", "a ", "  ", " ", "\ta", "a\n", "\u3000a", "a\u00a0"]
const ofWrongLength = ["", "a".repeat(64), "\u6771".repeat(22), "\u{1f986}".repeat(16)]

const invalid = [
  ...Object.entries(unseen).flatMap(([kind, codes]) =>
    codes.flatMap((code) =>
      ["trips", ""].flatMap((before) =>
        ["2024", ""].map((after) => [kind, `${before}${String.fromCodePoint(code)}${after}`] as const),
      ),
    ),
  ),
  ...outerBlanks.map((name) => ["an outer blank", name] as const),
  ...ofWrongLength.map((name) => ["a wrong length", name] as const),
]

/** Names that must be used exactly as given: quotes make them safe. */
const allowed = [
  "trips",
  "Trips 2024",
  'a"b',
  '"; drop table job; --',
  "a'b",
  "a\\b",
  "v1.2",
  "a.b.c",
  "$1",
  "%s",
  "select",
  "pg",
  "pgx_trips",
  "my_pg_trips",
  "sluice_trips",
  "boss2",
  "\u00e9t\u00e9",
  "\u6771\u4eac",
  "\u{1f986}",
  "\u0431\u043e\u0441\u0441",
  "\u043e\u0442\u0447\u0451\u0442_2024_v2",
  "\u0939\u093f\u0928\u094d\u0926\u0940",
  "a".repeat(63),
]

const escaped = (name: string): string =>
  JSON.stringify(name).replaceAll(/[^ -~]/gu, (c) => `U+${c.codePointAt(0)!.toString(16)}`)
const isTableName = Schema.is(GivenTableName)
const isColumnOption = Schema.is(ColumnOption)

describe("names that a user gives", () => {
  it.each(reserved)("a table cannot be called %s", (name) => {
    assert.isFalse(isTableName(name))
  })

  it("are refused if they contain what nobody sees", () => {
    for (const [kind, name] of invalid) {
      assert.isFalse(isTableName(name), `table with ${kind}: ${escaped(name)}`)
      assert.isFalse(isColumnOption({ name }), `column with ${kind}: ${escaped(name)}`)
    }
  })

  it.each(["public.trips", "A.b", "\u0645.b"])("a table %s is not taken for one of a schema", (name) => {
    assert.isFalse(isTableName(name))
    assert.isTrue(isColumnOption({ name }))
  })

  it("are otherwise allowed", () => {
    for (const name of allowed) {
      assert.isTrue(isTableName(name), `table ${escaped(name)}`)
      assert.isTrue(isColumnOption({ name }), `column ${escaped(name)}`)
    }
  })
})

describe("names that a file or its URL gives", () => {
  it("a table is never named like one of Postgres or Sluice", () => {
    for (const name of [...reserved, "pg_", "pg", "-pg_a", "pg-class", "pg class", "p\u200bg_class"]) {
      const base = tableNameBase(`https://files.example/${encodeURIComponent(name)}.csv`)
      assert.isTrue(isTableName(base), escaped(name))
      assert.isFalse(base.normalize("NFKC").startsWith("pg_"), escaped(base))
    }
  })

  it("a table has nothing invisible in its name", () => {
    for (const [kind, name] of invalid) {
      const base = tableNameBase(`https://files.example/${encodeURIComponent(name.toWellFormed())}.csv`)
      if (name.length < 20)
        assert.isTrue(isTableName(base), `${kind}: ${escaped(name)} became ${escaped(base)}`)
      assert.match(base, /^[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*$/u)
    }
  })

  it("columns do not look alike because of characters that nobody sees", () => {
    // Words of Persian and of Indic languages need the joiners.
    const joiners = new Set([0x200c, 0x200d])
    const kinds = [
      "a format character",
      "a zero-width character",
      "a bidirectional control",
      "a noncharacter",
    ]
    for (const kind of kinds)
      for (const code of unseen[kind] ?? []) {
        if (joiners.has(code)) continue
        const character = String.fromCodePoint(code)
        const cells = ["user", `${character}user`, `us${character}er`, `user${character}`, character]
        assert.deepStrictEqual(
          columnNames(cells).map(({ name }) => name),
          ["user", "user_2", "user_3", "user_4", "column_5"],
          `${kind} U+${code.toString(16)}`,
        )
      }
  })

  it("a column has a name that can be seen", () => {
    const cells = ["\u2800", "\u3164\u2800", "\ufe0f", "\u200d", " \u00a0", "a\u2800", "\u2764\ufe0f"]
    assert.deepStrictEqual(
      columnNames(cells).map(({ name }) => name),
      ["column_1", "column_2", "column_3", "column_4", "column_5", "a", "\u2764\ufe0f"],
    )
  })

  it("a column with bidirectional text keeps the text and loses the controls", () => {
    const cells = [
      "\u202eresu",
      "\u2067\u05e9\u05dd\u2069",
      "total\u202e;\u2066--\u2069",
      "\u0645\u06cc\u200c\u0631\u0648\u062f",
    ]
    assert.deepStrictEqual(
      columnNames(cells).map(({ name }) => name),
      ["resu", "\u05e9\u05dd", "total;--", "\u0645\u06cc\u200c\u0631\u0648\u062f"],
    )
  })
})

const schemas = ["odd.schema", 'a"b.Upper', "'; drop schema sluice cascade; --"]

describe("the target schema", () => {
  for (const schema of schemas)
    it.live(`can be called ${schema}, and the tables and columns of hostile names are in it`, () => {
      const worker = ClaimLoop.layer.pipe(
        Layer.provideMerge(TestBackend.onDatabase({ TARGET_SCHEMA: schema })),
        Layer.provideMerge(expectedLogs("claiming jobs", "attempt ended")),
        Layer.provideMerge(
          Layer.unwrap(TestDatabase.use(({ url }) => Effect.succeed(PgClient.layer({ url })))),
        ),
      )
      return Effect.gen(function* () {
        const jobs = yield* Jobs
        const sql = yield* PgClient.PgClient
        const files = yield* CsvServer.make()
        const header = ['a"b', "x.y", "\u202euser", "user", "'; drop table sluice.job; --", "tableoid"]
        yield* files.serve(
          "/t.csv",
          CsvServer.file(`${header.map(quoteIdentifier).join(",")}\n1,2,3,4,5,6\n1\n`),
        )
        for (const name of ["public.trips.2026", '"; drop table sluice.job; --', "\u0645.b c"]) {
          const { jobId } = yield* jobs.create({
            fileUrl: files.url("/t.csv"),
            options: { tableName: TableName.make(name), types: "infer", delimiter: "," },
          })
          const job = yield* jobs.find(jobId).pipe(
            Effect.map(Option.getOrThrow),
            Effect.filterOrFail(({ state }) => state === "completed" || state === "failed"),
            Effect.eventually,
            Effect.timeout(Duration.seconds(20)),
          )
          assert.strictEqual(job.state, "completed", JSON.stringify(job))
          const rows = yield* sql.unsafe<Record<string, unknown>>(
            `select * from ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
          )
          assert.deepStrictEqual(Object.keys(rows[0] ?? {}), [
            'a"b',
            "x.y",
            "user",
            "user_2",
            "'; drop table sluice.job; --",
            "tableoid_2",
          ])
          assert.lengthOf(rows, 1)
        }
        const elsewhere = yield* sql.unsafe("select 1 from pg_catalog.pg_tables where schemaname = 'public'")
        assert.isEmpty(elsewhere)
      }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(worker, TestDatabase.layer)))
    })
})
