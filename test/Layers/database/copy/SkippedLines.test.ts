import { assert, describe, it, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../../src/Domain/load/CopyBatch.ts"
import type { LineCounts } from "../../../../src/Domain/load/LineCounts.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { maxKeptLines, type SkippedCounts } from "../../../../src/Domain/load/SkippedLine.ts"
import { checkBalance, withoutGap } from "../../../../src/Layers/database/copy/LineBalance.ts"
import {
  batchFrom,
  findings,
  jobOf,
  load,
  mixedBatch,
  rejectOf,
  rowOf,
  running,
  skippedLine,
  tables,
} from "../../../support/SinkLoads.ts"
import { asSomeCaller } from "../../../support/someCaller.ts"
import { inOneFile } from "../../../support/RejectPages.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

/** Number of skipped lines of all jobs. */
const countStored = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [found] = yield* sql<{ count: number }>`select count(*)::int as count from sluice.skipped_line`
  return found?.count
})

/** A batch that starts at this record, with these skipped lines. */
const withSkipped = (batch: CopyBatch, ...lines: ReadonlyArray<number>): CopyBatch => ({
  ...batch,
  skipped: lines.map((line) => skippedLine(line)),
})

for (const streams of ["1", "3"])
  layer(TestBackend.layer({ COPY_STREAMS: streams }), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`skipped lines of a load over ${streams} connections`, (it) => {
    it.effect("are stored unchanged next to rows and rejects, and the job counts them", () =>
      Effect.gen(function* () {
        const { attempt, jobId, jobs } = yield* running
        const odd = [`"quotes", 'single' and \\backslash`, '{a,NULL,"b"}', "", "\r\n\t", "naïve 🙈"]
        const skipped = [
          ...odd.map((raw, index) => skippedLine(1 + index, raw)),
          { ...skippedLine(40), kind: "preamble" as const },
          { ...skippedLine(50), kind: "footer" as const, byteOffset: 1e12 },
        ]
        const batches = [
          { ...batchFrom(1), skipped: skipped.slice(0, 3) },
          { ...batchFrom(1, rowOf(1)), rejects: [rejectOf(2)], skipped: skipped.slice(3, 6) },
          { ...batchFrom(3), skipped: skipped.slice(6) },
        ]
        assert.strictEqual(yield* load(attempt, Stream.fromIterable(batches)), 1)
        const all = yield* jobs.skipped(jobId, { after: 0, limit: 100 })
        assert.deepStrictEqual(all, { items: skipped.map(inOneFile), kept: skipped.length, next: null })
        const page = yield* jobs.skipped(jobId, { after: 2, limit: 2 })
        assert.deepStrictEqual([page.items, page.next], [skipped.slice(2, 4).map(inOneFile), 4])
        assert.lengthOf((yield* jobs.rejects(jobId, { after: 0, limit: 10 })).items, 1)
        assert.deepStrictEqual((yield* jobOf(jobId)).skipped, { comment: 5, preamble: 1, footer: 1 })
      }),
    )

    it.effect("can be all lines after the header", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const batches = Stream.map(Stream.range(0, 59), (n) =>
          withSkipped(batchFrom(1), ...Array.from({ length: 100 }, (_, line) => 2 + n * 100 + line)),
        )
        assert.strictEqual(yield* load(attempt, batches), 0)
        const [found] = yield* sql`
          select count(*)::int as count from sluice.skipped_line where job_id = ${jobId}`
        assert.deepStrictEqual(found, { count: 6000 })
      }),
    )

    it.effect("are not stored for a load that fails or loses its claim", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const count = yield* countStored
        const many = Stream.map(Stream.range(0, 29), (n) => ({
          ...mixedBatch(1 + n * 100, 100, (record) => record % 2 === 0),
          skipped: Array.from({ length: 100 }, (_, line) => skippedLine(2 + n * 200 + line)),
        }))
        const failing = yield* running
        const broken = Stream.concat(
          many,
          Stream.fail(loadError("source_interrupted", "the source broke off")),
        )
        yield* Effect.flip(load(failing.attempt, broken))
        const { attempt, jobId, jobs } = yield* running
        const onSettling = asSomeCaller(Effect.orDie(jobs.cancel(jobId)))
        const error = yield* Effect.flip(load(attempt, many, { onSettling }))
        assert.strictEqual(error._tag, "ClaimLost")
        assert.strictEqual(yield* countStored, count)
        assert.sameMembers(yield* tables, before)
      }),
    )

    it.effect("must be as many as were counted, and in order, or nothing is committed", () =>
      Effect.gen(function* () {
        const count = yield* countStored
        const { attempt, jobId } = yield* running
        const row = batchFrom(1, rowOf(1))
        const inconsistencies: Record<string, ReadonlyArray<CopyBatch>> = {
          "a line is sent twice": [withSkipped(row, 1, 1)],
          "a line comes too late": [withSkipped(row, 5), withSkipped(batchFrom(2), 4)],
        }
        for (const [name, batches] of Object.entries(inconsistencies)) {
          const error = yield* Effect.flip(load(attempt, Stream.fromIterable(batches)))
          assert.propertyVal(error, "code", "internal_error", name)
        }
        const uncounted = load(attempt, Stream.make(withSkipped(row, 1)), { findings })
        assert.propertyVal(yield* Effect.flip(uncounted), "code", "internal_error")
        assert.strictEqual(yield* countStored, count)
        assert.strictEqual((yield* jobOf(jobId)).state, "active")
      }),
    )
  })

describe("the balance of lines", () => {
  const stored = { rows: 3, rejects: 2, skipped: 2 }
  const lines: LineCounts = { total: 14, header: 1, rows: 4, rejects: 2 }
  const skipped: SkippedCounts = { preamble: 1, comment: 1, blank: 5 }
  const check = (change: { lines?: Partial<LineCounts>; skipped?: SkippedCounts; records?: number }) =>
    checkBalance(
      {
        records: change.records ?? 5,
        findings: {
          ...findings,
          lines: { ...lines, ...change.lines },
          skipped: { ...skipped, ...change.skipped },
        },
      },
      stored,
    )

  it.effect("holds if every line is the header's, a row's, a reject's or skipped", () => check({}))

  for (const [name, change] of Object.entries({
    "a line is missing": { lines: { total: 15 } },
    "a line was counted twice": { lines: { rows: 5 } },
    "the header was not counted": { lines: { header: 0 } },
    "a blank line was not counted": { skipped: { blank: 4 } },
    "a skipped line is not stored": { lines: { total: 15 }, skipped: { footer: 1 } },
    "a record is not stored": { records: 6 },
  }))
    it.effect(`fails if ${name}`, () =>
      Effect.map(Effect.flip(check(change)), ({ code, message }) => {
        assert.strictEqual(code, "internal_error")
        assert.include(message, "Nothing was committed")
      }),
    )

  it.effect("keeps the first million skipped lines of a file and counts the others", () =>
    Effect.gen(function* () {
      const size = 400_000
      const one = skippedLine(1)
      const batches = Stream.map(Stream.range(0, 2), (n) => ({
        ...batchFrom(1),
        skipped: Array.from({ length: size }, (_, line) => ({ ...one, line: 1 + n * size + line })),
      }))
      const kept = yield* Stream.runFold(
        withoutGap(batches),
        () => 0,
        (sum, batch) => sum + batch.skipped.length,
      )
      assert.strictEqual(kept, maxKeptLines)
      const comment = 3 * size
      yield* checkBalance(
        {
          records: 0,
          findings: {
            ...findings,
            lines: { total: comment, header: 0, rows: 0, rejects: 0 },
            skipped: { comment },
          },
        },
        { rows: 0, rejects: 0, skipped: kept },
      )
    }),
  )
})
