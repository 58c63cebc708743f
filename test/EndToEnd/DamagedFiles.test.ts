import { assert, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import {
  defaultRejectLimit,
  type RejectLimit,
  isExceeded,
} from "../../src/Domain/load/options/RejectLimit.ts"
import { anyDamage, damaged } from "../Csv/repair/anyDamage.ts"
import { natural } from "../Csv/anyTable.ts"
import { anyCsvFormat, fileOfTable, writable } from "../Csv/anyCsvFormat.ts"
import { readAll } from "../Csv/readingCsv.ts"
import { inOneFile } from "../support/RejectPages.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { loadBytes } from "./roundtrip/loadBytes.ts"
import { realisticTable, detectable } from "./roundtrip/realisticTable.ts"

/** A file of up to a few hundred rows in any dialect and encoding, with damage anywhere. */
const damagedFile = Arbitrary.map(
  Arbitrary.all({
    realistic: realisticTable,
    anyFormat: anyCsvFormat,
    damage: anyDamage,
    times: Arbitrary.schema(Schema.Literals([1, 1, 5, 20])),
  }),
  ({ anyFormat, damage, realistic, times }) => {
    const { table, format } = detectable(realistic, anyFormat)
    const rows = Array.from({ length: times }, () => table.rows).flat()
    return damaged(fileOfTable(writable({ ...table, rows }, format), format), damage, 0)
  },
)

const policy = Arbitrary.all({
  onBadRow: Arbitrary.schema(Schema.Literals(["reject", "pad"])),
  allowsAll: Arbitrary.schema(Schema.Boolean),
})

/** Cuts into pieces of up to 2,000 bytes. The sizes repeat. */
const cutBy = (bytes: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = 1 + ((sizes[n % sizes.length]! * 61) % 2000)
    pieces.push(bytes.slice(at, at + size))
    at += size
  }
  return pieces
}

const sorted = (rows: ReadonlyArray<ReadonlyArray<string | null>>): ReadonlyArray<string> =>
  rows.map((row) => JSON.stringify(row)).toSorted()

const Quiet = Layer.succeed(References.MinimumLogLevel, "Fatal")

for (const streams of ["1", "3"])
  layer(Layer.mergeAll(TestBackend.layer({ COPY_STREAMS: streams }), Quiet), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`damaged files over ${streams} connections`, (it) => {
    it.effect.prop(
      `a damaged file over ${streams} connections becomes a table and rejects with all its records, or fails without a trace`,
      [damagedFile, policy, Arbitrary.array(natural, { minLength: 1, maxLength: 4 })],
      ([file, { allowsAll, onBadRow }, sizes]) =>
        Effect.gen(function* () {
          const pieces = cutBy(file, sizes)
          const limit: RejectLimit = allowsAll ? { _tag: "Percent", percent: 100 } : defaultRejectLimit
          const { job, rejects, rejectsStored, rows, tablesLeft } = yield* loadBytes(pieces, {
            onBadRow,
            maxBadRows: limit,
          })
          const read = yield* readAll(pieces, { onBadRow, csv: {} })
          const { rowsLoaded, rowsRejected } = job.progress
          const counts = { records: read.records, rejected: read.rejects.length }
          assert.strictEqual(tablesLeft, 0)
          if (read.error !== null || isExceeded(limit, counts, "all")) {
            assert.deepStrictEqual(
              [job.state, job.error?.code, rows, rejectsStored],
              ["failed", read.error?.code ?? "too_many_bad_rows", null, 0],
            )
            return
          }
          assert.deepStrictEqual([job.state, job.error], ["completed", null])
          assert.strictEqual(rowsLoaded + rowsRejected, read.records)
          assert.deepStrictEqual([rows?.length, rejectsStored], [rowsLoaded, rowsRejected])
          assert.deepStrictEqual(sorted(rows ?? []), sorted(read.rows))
          assert.deepStrictEqual(rejects, read.rejects.map(inOneFile))
        }),
      { arbitrary: { runs: 40, size: 40 } },
    )
  })
