import { assert, layer } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../src/Domain/load/CopyBatch.ts"
import { copyIn } from "../../src/Layers/database/session/CopyIn.ts"
import { copyStatement, framed } from "../../src/Layers/database/session/copyFormats.ts"
import { anyMixedFile } from "../Csv/scan/clean/anyMixedFile.ts"
import { scanAll } from "../Csv/readingCsv.ts"
import { connect, temporaryTable, textsOf } from "../Csv/types/typedTable.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

/** The batches in runs of one format, each for a COPY of its own. */
const runsOf = (batches: ReadonlyArray<CopyBatch>): ReadonlyArray<ReadonlyArray<CopyBatch>> => {
  const runs: Array<Array<CopyBatch>> = []
  for (const batch of batches.filter(({ rows }) => rows > 0)) {
    const last = runs.at(-1)
    if (last !== undefined && last[0]!.text?.format === batch.text?.format) last.push(batch)
    else runs.push([batch])
  }
  return runs
}

layer(TestDatabase.layer, { timeout: Duration.seconds(60) })("rows in text format", (it) => {
  it.effect.prop(
    "are read by Postgres as the scanner reads them",
    [anyMixedFile],
    ([{ dialect, lineEnd, maxRecordSize, pieces }]) =>
      Effect.gen(function* () {
        const client = yield* connect
        const batches: Array<CopyBatch> = []
        const { header, rows } = scanAll(pieces, {
          dialect,
          onBadRow: "reject",
          maxRecordSize: ByteSize.bytes(maxRecordSize),
          clean: lineEnd,
          onBatch: (batch) => batches.push({ ...batch, bytes: batch.bytes.slice() }),
        })
        const columns = header?.length ?? 0
        if (columns === 0) return
        const into = yield* temporaryTable(client, Array<"text">(columns).fill("text"))
        for (const run of runsOf(batches)) {
          const format = run[0]!.text?.format ?? null
          const stored = yield* copyIn(
            client,
            copyStatement({ table: into, freezes: false }, format),
            framed(format, Stream.fromIterable(run)),
          )
          assert.strictEqual(
            stored,
            run.reduce((sum, batch) => sum + batch.rows, 0),
          )
        }
        const stored = yield* textsOf(
          client,
          Array.from({ length: columns }, (_, n) => `c${n}`),
        )
        assert.deepStrictEqual(
          stored,
          Array.from({ length: columns }, (_, n) => rows.map((row) => row[n]!)),
        )
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 60, size: 30 } },
  )
})
