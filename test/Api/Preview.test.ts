import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { gzipSync } from "node:zlib"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { PreviewResource } from "../../src/Api/contract/PreviewApi.ts"
import { anyBytes } from "../Csv/anyTable.ts"
import { assertProblem } from "../support/ApiHarness.ts"
import { ask, serveOnPort } from "../support/ApiServer.ts"
import * as CsvServer from "../support/CsvServer.ts"
import * as FetchedSource from "../support/FetchedSource.ts"

const decodePreview = Schema.decodeUnknownSync(Schema.toCodecJson(PreviewResource))

/** An API that cannot create a job, and a file server. */
const service = Effect.gen(function* () {
  const origin = yield* serveOnPort(Layer.mock(Jobs, {}), { source: Layer.orDie(FetchedSource.layer()) })
  const files = yield* CsvServer.make()
  const post = (body: object) =>
    ask(origin, "/preview", { contentType: "application/json", text: JSON.stringify(body) })
  /** Previews a file with this content. */
  const look = Effect.fnUntraced(function* (
    content: Uint8Array | string,
    options: object = {},
    headers: Record<string, string> = {},
  ) {
    yield* files.serve("/a.csv", CsvServer.file(content, headers))
    return yield* post({ fileUrl: files.url("/a.csv"), ...options })
  })
  const shown = (...file: Parameters<typeof look>) =>
    Effect.map(look(...file), (answer) => {
      assert.strictEqual(answer.status, 200, answer.text)
      return decodePreview(answer.json)
    })
  return { origin, files, post, look, shown }
})

const loadErrorOf = (json: Record<string, unknown>): Record<string, unknown> => ({
  ...Object(json["loadError"]),
})

describe("a preview", () => {
  it.live("shows the format of a file, its columns, types and records", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const preview = yield* shown('id,at,name,price\n1,2024-01-31,"Müller, A.",0.5\n2,2024-02-29,,10\n')
      assert.deepStrictEqual(preview, {
        requestedUrl: null,
        suggestedTableName: "a",
        dialect: {
          delimiter: ",",
          quote: '"',
          escape: '"',
          comment: null,
          lineEnding: "lf",
          skipsBlanks: false,
          hasHeader: true,
          skippedLines: 0,
        },
        encoding: "utf-8",
        encodingGuess: null,
        compression: null,
        columns: [
          { name: "id", header: "id", number: 1, suggestedType: "bigint" },
          { name: "at", header: "at", number: 2, suggestedType: "date" },
          { name: "name", header: "name", number: 3, suggestedType: "text" },
          { name: "price", header: "price", number: 4, suggestedType: "numeric" },
        ],
        schemaChanges: { created: true, added: [], missing: [], ignored: [] },
        almostTyped: [],
        recordsRead: 2,
        records: [
          ["1", "2024-01-31", "Müller, A.", "0.5"],
          ["2", "2024-02-29", null, "10"],
        ],
        rowChanges: null,
        repairedRecords: [],
        rejects: [],
        skippedLines: [],
        repairs: {},
        skipped: {},
        lines: preview.lines,
        warnings: [],
      })
    }),
  )

  it.live("warns about what was guessed, skipped and renamed", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const text = "Umsätze der Straße\n\nNr;Größe;Größe;\n1;a;é;für\n2;b;è;schön\n3;c;ê;Männer\n"
      const preview = yield* shown(Buffer.from(text, "latin1"))
      assert.strictEqual(preview.dialect.delimiter, ";")
      assert.strictEqual(preview.dialect.skippedLines, 2)
      assert.strictEqual(preview.encoding, "windows-1252")
      assert.deepStrictEqual(
        preview.columns.map(({ name }) => name),
        ["Nr", "Größe", "Größe_2", "column_4"],
      )
      assert.strictEqual(preview.warnings.length, 3)
      assert.include(preview.warnings[0]?.message, "The encoding was guessed: windows-1252")
      assert.include(preview.warnings[1]?.message, "1 line before the header is skipped")
      assert.include(preview.warnings[2]?.message, '"Größe" becomes "Größe_2", "" becomes "column_4"')
    }),
  )

  it.live("obeys the same options as a load", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const preview = yield* shown("title\n# 1\n1|NA\n2|b\n", {
        delimiter: "|",
        skipLines: 1,
        comment: "#",
        header: false,
        nullValues: ["NA"],
        tableName: "trips",
      })
      assert.isFalse(preview.dialect.hasHeader)
      assert.deepStrictEqual(
        preview.columns.map(({ name }) => name),
        ["column_1", "column_2"],
      )
      assert.deepStrictEqual(preview.records, [
        ["1", null],
        ["2", "b"],
      ])
    }),
  )

  it.live("shows the rejects among the first hundred records and counts the others", () =>
    Effect.gen(function* () {
      const { look, shown } = yield* service
      const lines = Array.from({ length: 500 }, (_, n) => (n % 50 === 3 ? `${n},1,2\n` : `${n},x\n`))
      const file = `id,text\n${lines.join("")}`
      const preview = yield* shown(file)
      assert.strictEqual(preview.recordsRead, 500)
      assert.strictEqual(preview.records.length, 98)
      assert.deepStrictEqual(preview.records[3], ["4", "x"])
      assert.deepStrictEqual(preview.records.at(-1), ["99", "x"])
      assert.deepStrictEqual(
        preview.rejects.map(({ line, raw, reason, record }) => ({ line, raw, reason, record })),
        [
          { line: 5, raw: "3,1,2", reason: "ragged_record", record: 4 },
          { line: 55, raw: "53,1,2", reason: "ragged_record", record: 54 },
        ],
      )
      assert.include(preview.warnings[0]?.message, "10 of 500 records cannot be loaded")
      const padded = yield* shown(file, { onBadRow: "pad" })
      assert.strictEqual(padded.records.length, 100)
      assert.deepStrictEqual(padded.rejects, [])
      assert.include(padded.warnings[0]?.message, "10 records are too long and cut")
      const failed = yield* look(file, { onBadRow: "fail" })
      assertProblem(failed, 422, "file_not_loadable")
      assert.deepInclude(loadErrorOf(failed.json), { code: "ragged_record" })
    }),
  )

  it.live("says that a load would fail because of its rejects", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const text = "a,b,c,d\n1,2,3,4\n1,2,3\n1,2\n1\n5,6,7,8\n"
      const preview = yield* shown(text)
      const warning = preview.warnings.find(({ code }) => code === "would_fail")
      assert.include(warning?.message, "3 of 5 records cannot be loaded, more than maxBadRows=10% allows")
      const allowed = yield* shown(text, { maxBadRows: 3 })
      assert.isUndefined(allowed.warnings.find(({ code }) => code === "would_fail"))
    }),
  )

  it.live("decompresses a compressed file", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const preview = yield* shown(gzipSync("a,b\n1,2\n"))
      assert.strictEqual(preview.compression, "gzip")
      assert.deepStrictEqual(preview.records, [["1", "2"]])
    }),
  )

  it.live("shows a hundred records of a long file and infers types from more of them", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const lines = Array.from({ length: 1000 }, (_, n) => `${n},${n === 700 ? "seven hundred" : n}\n`)
      const preview = yield* shown(`id,n\n${lines.join("")}`)
      assert.strictEqual(preview.recordsRead, 1000)
      assert.strictEqual(preview.records.length, 100)
      assert.deepStrictEqual(preview.records[99], ["99", "99"])
      assert.deepStrictEqual(
        preview.columns.map(({ suggestedType }) => suggestedType),
        ["bigint", "bigint"],
      )
      assert.deepStrictEqual(
        preview.almostTyped.map(({ message }) => message),
        [
          'Column "n" would be bigint but for line 702: "seven hundred"; all other values are: columns={"n":{"type":"bigint"}}?',
        ],
      )
      assert.deepStrictEqual(preview.warnings, [])
    }),
  )

  it.live("warns about a single column and about a header without records", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const { warnings } = yield* shown("name\n")
      assert.strictEqual(warnings.length, 2)
      assert.include(warnings[0]?.message, "no records")
      assert.include(warnings[1]?.message, "only one column")
    }),
  )

  it.live("reads the beginning of an endless file and closes the connection at once", () =>
    Effect.gen(function* () {
      const { files, post } = yield* service
      const block = "1234567,some text,2024-01-31\n".repeat(4000)
      yield* files.serve("/endless.csv", (exchange) =>
        Effect.gen(function* () {
          yield* exchange.head(200, { "content-type": "text/csv" })
          yield* exchange.send(`id,text,day\n${block}`)
          return yield* Effect.forever(exchange.send(block))
        }),
      )
      const answer = yield* post({ fileUrl: files.url("/endless.csv") })
      assert.strictEqual(answer.status, 200, answer.text)
      const preview = decodePreview(answer.json)
      assert.strictEqual(preview.records.length, 100)
      const read = /^Only the first (\d+) bytes/.exec(preview.warnings[0]?.message ?? "")?.[1]
      assert.isAtMost(Number(read), 2.25 * 1024 * 1024)
      assert.isAtLeast(Number(read), 1024 * 1024)
      yield* (yield* files.request("/endless.csv")).closed
    }),
  )

  it.live("ignores a record that the limit cuts, also inside quotes", () =>
    Effect.gen(function* () {
      const { shown } = yield* service
      const long = `"${"x\n".repeat(700_000)}"`
      const preview = yield* shown(`a,b\n1,2\n3,4\n5,${long}\n6,${long}\n7,${long}\n`, {
        delimiter: ",",
        quote: '"',
      })
      assert.deepStrictEqual(preview.records.slice(0, 2), [
        ["1", "2"],
        ["3", "4"],
      ])
      assert.strictEqual(preview.columns[0]?.suggestedType, "bigint")
      assert.include(preview.warnings[0]?.message, "Only the first")
    }),
  )

  it.live("refuses a file whose first record exceeds the limit", () =>
    Effect.gen(function* () {
      const { look } = yield* service
      const answer = yield* look("x".repeat(3_000_000))
      assertProblem(answer, 422, "file_not_loadable")
      assert.strictEqual(loadErrorOf(answer.json)["code"], "record_too_large")
    }),
  )

  it.live("fails with the same error as the job would", () =>
    Effect.gen(function* () {
      const { files, look, post } = yield* service
      const cases = [
        [yield* look(""), "empty_file"],
        [yield* look("<!doctype html><html></html>"), "not_csv"],
        [yield* look("a,b\n1,2\n", {}, { "content-encoding": "compress" }), "unsupported_compression"],
        [yield* look('a,b\n1,"2', { onBadRow: "fail", quote: '"' }), "unterminated_quote"],
        [yield* post({ fileUrl: files.url("/missing.csv") }), "source_not_found"],
        [yield* post({ fileUrl: "http://10.0.0.1/a.csv" }), "address_forbidden"],
        [yield* post({ fileUrl: "http://user:hunter2@10.0.0.1/a.csv?token=swordfish" }), "address_forbidden"],
        [yield* post({ fileUrl: "http://nowhere.invalid/a.csv" }), "source_unknown_host"],
      ] as const
      for (const [answer, code] of cases) {
        assertProblem(answer, 422, "file_not_loadable")
        const loadError = loadErrorOf(answer.json)
        assert.strictEqual(loadError["code"], code, answer.text)
        assert.strictEqual(loadError["message"], answer.json["detail"])
        assert.sameMembers(Object.keys(Object(loadError["place"])), [
          "record",
          "line",
          "column",
          "byteOffset",
        ])
        assert.notMatch(answer.text, /hunter2|swordfish/)
      }
    }),
  )

  it.live("closes the connection to the source when the client disconnects", () =>
    Effect.gen(function* () {
      const { files, post } = yield* service
      yield* files.serve("/a.csv", CsvServer.byHand)
      const asking = yield* Effect.forkChild(post({ fileUrl: files.url("/a.csv") }))
      const exchange = yield* files.request("/a.csv")
      yield* Fiber.interrupt(asking)
      yield* exchange.closed
    }),
  )

  it.live.prop(
    "succeeds or explains why not, for any file",
    { bytes: anyBytes },
    ({ bytes }) =>
      Effect.gen(function* () {
        const { look } = yield* service
        const answer = yield* look(bytes)
        assert.include([200, 422], answer.status, answer.text)
        if (answer.status === 200) {
          const { columns, records } = decodePreview(answer.json)
          assert.isAtMost(records.length, 100)
          for (const record of records) assert.strictEqual(record.length, columns.length)
        }
      }),
    { arbitrary: { runs: 30 } },
  )
})
