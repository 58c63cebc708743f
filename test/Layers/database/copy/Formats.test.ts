import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CopySink } from "../../../../src/Domain/job/CopySink.ts"
import type { CopyBatch } from "../../../../src/Domain/load/CopyBatch.ts"
import type { TextFormat } from "../../../../src/Domain/load/TextFormat.ts"
import { utf8 } from "../../../Csv/readingCsv.ts"
import { batchFrom, load, rejectOf, rowOf, running } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const text: TextFormat = { delimiter: ",", null: "", lineEnd: "\n" }
const marked: TextFormat = { delimiter: "'", null: "\\N", lineEnd: "\r\n" }

/** The same rows as of `rowOf`, but NULL instead of the empty texts. */
const lineOf = (record: number, { delimiter, lineEnd, null: nullText }: TextFormat): string =>
  [record, nullText, nullText, nullText, nullText].join(delimiter) + lineEnd

/** Batches of four rows in the formats, the last record of each a reject. `null`: binary. */
const batchesIn = (formats: ReadonlyArray<TextFormat | null>): ReadonlyArray<CopyBatch> =>
  formats.map((format, index) => {
    const firstRecord = 1 + 5 * index
    const records = Arr.range(firstRecord, firstRecord + 3)
    const batch = { ...batchFrom(firstRecord, ...records.map(rowOf)), rejects: [rejectOf(firstRecord + 4)] }
    if (format === null) return batch
    const lines = records.map((record) => utf8(lineOf(record, format)))
    return { ...batch, bytes: new Uint8Array(), text: { format, parts: lines } }
  })

layer(TestBackend.layer({}), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the setting sluice.copy_format",
  (it) => {
    it.effect("asks for binary rows", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* sql.unsafe(
          "do $$ begin execute format('alter database %I set sluice.copy_format = binary', current_database()); end $$",
        )
        assert.isFalse(yield* CopySink.use(({ readsText }) => readsText))
      }),
    )
  },
)

for (const streams of ["1", "3"])
  layer(TestBackend.layer({ COPY_STREAMS: streams }), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`batches of several formats over ${streams} connections`, (it) => {
    for (const [name, formats] of [
      ["binary, then text", [null, text, text, text]],
      ["text, then binary", [text, text, null, null]],
      ["changing formats", [null, text, null, marked, marked, text, null]],
    ] as const)
      it.effect(`are stored: ${name}`, () =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const { attempt } = yield* running
          const rows = yield* load(attempt, Stream.rechunk(Stream.fromIterable(batchesIn(formats)), 3))
          assert.strictEqual(rows, 4 * formats.length)
          const stored = yield* sql<{ id: string; isNull: boolean }>`
            select id, "select" is null as "isNull" from ${sql(attempt.schema)}.${sql(attempt.table)} order by id::integer`
          const expected = formats.flatMap((format, index) =>
            Arr.range(5 * index + 1, 5 * index + 4).map((id) => ({
              id: String(id),
              isNull: format !== null,
            })),
          )
          assert.deepStrictEqual(stored, expected)
        }),
      )

    it.effect("name the record that Postgres refuses", () =>
      Effect.gen(function* () {
        const { attempt } = yield* running
        const [first, second] = batchesIn([null, text])
        const bad = { ...second!, text: { format: text, parts: [utf8(`${lineOf(6, text)}7,\x00,,,\n`)] } }
        const error = yield* Effect.flip(load(attempt, Stream.make(first!, { ...bad, rows: 2, rejects: [] })))
        assert(error._tag === "LoadError")
        assert.strictEqual(error.code, "target_rejected")
        assert.strictEqual(error.place.record, 7)
      }),
    )
  })
