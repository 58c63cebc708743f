import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { PreviewResource } from "../../src/Api/contract/PreviewApi.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { ask, serveOnPort } from "../support/ApiServer.ts"
import * as CsvServer from "../support/CsvServer.ts"
import * as FetchedSource from "../support/FetchedSource.ts"

const decodePreview = Schema.decodeUnknownSync(Schema.toCodecJson(PreviewResource))

/** Previews files with any content. */
const previews = Effect.gen(function* () {
  const origin = yield* serveOnPort(Layer.mock(Jobs, {}), { source: Layer.orDie(FetchedSource.layer()) })
  const files = yield* CsvServer.make()
  return Effect.fnUntraced(function* (content: string, options: object = {}) {
    yield* files.serve("/a.csv", CsvServer.file(content))
    const text = JSON.stringify({ fileUrl: files.url("/a.csv"), ...options })
    const answer = yield* ask(origin, "/preview", { contentType: "application/json", text })
    assert.strictEqual(answer.status, 200, answer.text)
    return decodePreview(answer.json)
  })
})

describe("a preview", () => {
  it.live("says that a load would fail because of its primary key", () =>
    Effect.gen(function* () {
      const shown = yield* previews
      const rows = Array.from({ length: 100 }, (_, n) => `${n},x`).join("\n")
      for (const [text, primaryKey, line, message] of [
        [`a,b\n${rows}\n`, "a", undefined, undefined],
        ["a,b\n1,23\n12,3\n", "a,b", undefined, undefined],
        [`a,b\n${rows}\n1,2,3\n7,y\n`, "a", 103, "not unique: records 8 and 102 have the same values"],
        [`a,b\n${rows}\n"",z\n,"z\n"\n`, "b,a", 103, 'record 102, on line 103, has no value in column "a"'],
      ] as const) {
        const { warnings } = yield* shown(text, { primaryKey, maxBadRows: 9 })
        const warning = warnings.find(({ code }) => code === "would_fail")
        assert.strictEqual(warning?.line, line)
        if (message !== undefined) assert.include(warning?.message, message)
      }
    }),
  )

  it.live("names the first records that would be repaired", () =>
    Effect.gen(function* () {
      const shown = yield* previews
      const padded = yield* shown("a,b\n1,2\n3\n4,5\n6,7,8\n", { onBadRow: "pad" })
      assert.deepStrictEqual(padded.repairedRecords, [
        { record: 2, reason: "short_record" },
        { record: 4, reason: "long_record" },
      ])
      const quoted = yield* shown('a,b\n1,2\n3,x,4\n5,"6"7"\n8,9,\n')
      assert.deepStrictEqual(
        quoted.rejects.map(({ record }) => record),
        [2],
      )
      assert.deepStrictEqual(quoted.repairedRecords, [
        { record: 3, reason: "stray_quote" },
        { record: 4, reason: "long_record" },
      ])
    }),
  )

  it.live("shows the values of a record that does not fit a type, and the column that they are of", () =>
    Effect.gen(function* () {
      const shown = yield* previews
      const preview = yield* shown("a,id,n,at\nx,1,2,3\n4,5,6,7,8\nx,9,-,soon\nx,10,11,later\n", {
        columns: { a: { skip: true }, n: { nullValues: ["-"] }, at: { name: "when", type: "integer" } },
        sourceColumn: "file",
        maxBadRows: 9,
      })
      assert.deepStrictEqual(
        preview.columns.map(({ name, number }) => [name, number]),
        [
          ["id", 2],
          ["n", 3],
          ["when", 4],
          ["file", null],
        ],
      )
      assert.strictEqual(preview.recordsRead, 4)
      assert.lengthOf(preview.records, 1)
      const file = preview.records[0]?.[3] ?? ""
      assert.deepStrictEqual(
        preview.rejects.map(({ column, reason, record, values }) => ({ column, reason, record, values })),
        [
          { column: preview.rejects[0]?.column ?? null, reason: "ragged_record", record: 2, values: null },
          { column: 4, reason: "type_mismatch", record: 3, values: ["9", null, "soon", file] },
          { column: 4, reason: "type_mismatch", record: 4, values: ["10", "11", "later", file] },
        ],
      )
    }),
  )

  it.live("shows rare formats that were detected, and the options that force or forbid them", () =>
    Effect.gen(function* () {
      const shown = yield* previews
      const read = Effect.fnUntraced(function* (content: string, options: object = {}) {
        const { columns, dialect, records, skipped, warnings } = yield* shown(content, options)
        const { delimiter, escape, headerRows, quotedRows, unitsRow } = dialect
        return {
          names: columns.map(({ name }) => name),
          first: records[0],
          dialect: { delimiter, escape, headerRows, quotedRows, unitsRow },
          skipped,
          codes: warnings.map(({ code }) => code),
        }
      })
      const none = {
        delimiter: ",",
        escape: '"',
        headerRows: undefined,
        quotedRows: undefined,
        unitsRow: undefined,
      }
      const table = [
        ",Wind,,Temp,",
        "Time,speed,dir,max,min",
        ",m/s,°,°C,°C",
        "1,5,180,7,1",
        "2,4,170,8,2",
        "3,4,1,8,2",
      ]
      const grouped = ["Time", "Wind speed", "Wind dir", "Temp max", "Temp min"]
      assert.deepStrictEqual(yield* read(table.join("\n")), {
        names: grouped,
        first: ["1", "5", "180", "7", "1"],
        dialect: { ...none, headerRows: 2, unitsRow: true },
        skipped: { preamble: 1 },
        codes: ["header_rows", "units_row"],
      })
      const snake = yield* read([...table, "end of file"].join("\n"), {
        names: "snake",
        columns: { "Wind speed": "v", "Temp min": null },
        skipFooter: 1,
      })
      assert.deepStrictEqual(
        [snake.names, snake.skipped],
        [["time", "v", "wind_dir", "temp_max"], { preamble: 1, footer: 1 }],
      )
      const rows = ["a b c", "1.5 2 3", "2.5 3 4", "4.5 5 6"]
      const seen = [
        { by: " ", dialect: { ...none, delimiter: " " }, codes: ["rare_delimiter"] },
        { by: "::", dialect: { ...none, delimiter: "::" }, codes: ["rare_delimiter"] },
        { by: "\u0001", dialect: { ...none, delimiter: "\u0001" }, codes: ["rare_delimiter"] },
      ]
      for (const { by, codes, dialect } of seen)
        assert.deepStrictEqual<unknown>(yield* read(rows.join("\n").replaceAll(" ", by)), {
          names: ["a", "b", "c"],
          first: ["1.5", "2", "3"],
          dialect,
          skipped: {},
          codes,
        })
      const escaped = yield* read("id,name\n1,Smith\\, J\n2,Bob\n")
      assert.deepStrictEqual(
        [escaped.first, escaped.dialect.escape, escaped.codes],
        [["1", "Smith, J"], "\\", ["backslash_escapes"]],
      )
      const whole = yield* read('"id;name"\n"1;Ann"\n')
      assert.deepStrictEqual(
        [whole.names, whole.dialect.quotedRows, whole.codes],
        [["id", "name"], true, ["quoted_rows"]],
      )
      const kept = yield* read('"id;name"\n"1;Ann"\n', { quotedRows: false })
      assert.deepStrictEqual([kept.names, kept.codes], [["id;name"], ["one_column"]])
    }),
  )
})
