import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { getHeapStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { CopyBatch } from "../../../../src/Domain/load/CopyBatch.ts"
import type { JobId } from "../../../../src/Domain/job/Job.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import {
  batchFrom,
  jobOf,
  load,
  mixedBatch,
  oneRow,
  rejectOf,
  rowOf,
  running,
  tables,
} from "../../../support/SinkLoads.ts"
import { asSomeCaller } from "../../../support/someCaller.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const stored = Effect.fnUntraced(function* (jobId: JobId) {
  const jobs = yield* Jobs
  const { items } = yield* jobs.rejects(jobId, { after: 0, limit: 1_000_000 })
  return items.map(({ fileUrl, ...reject }) => {
    assert.isNull(fileUrl)
    return reject
  })
})

/** Number of rejects of all jobs. */
const countStored = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [found] = yield* sql<{ count: number }>`select count(*)::int as count from sluice.reject`
  return found?.count
})

const isThird = (record: number) => record % 3 === 0
const isOdd = (record: number) => record % 2 === 1

/** Numbers in chunks of one, like the batches of the reader. */
const upTo = (last: number) => Stream.rechunk(Stream.range(0, last), 1)

/** Text that shares no memory with other strings. */
const longText = (record: number) => Buffer.alloc(1000, `${record} `).toString("latin1")

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** Bytes in use after a garbage collection. */
const heapInUse = () => {
  collect()
  return getHeapStatistics().used_heap_size
}

const codeOf = (error: { readonly _tag: string; readonly code?: string }) => error.code ?? error._tag

for (const streams of ["1", "3"])
  layer(TestBackend.layer({ COPY_STREAMS: streams }), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`rejects of a load over ${streams} connections`, (it) => {
    it.effect("are stored unchanged, and the job counts rows and rejects", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const odd = [`"quotes", 'single' and \\backslash`, '{a,NULL,"b"}', "", "\r\n\t", "naïve 🙈"]
        const rejects = odd.map((raw, index) => rejectOf(2 + index, raw))
        const taken = yield* load(
          attempt,
          Stream.make(oneRow, { ...batchFrom(2), rejects }, batchFrom(2 + odd.length, rowOf(7))),
        )
        assert.strictEqual(taken, 2)
        assert.deepStrictEqual(yield* stored(jobId), rejects)
        assert.lengthOf(yield* sql`select from public.${sql(attempt.table)}`, 2)
        const { progress, state } = yield* jobOf(jobId)
        assert.deepStrictEqual(
          [state, progress.rowsLoaded, progress.rowsRejected],
          ["completed", 2, odd.length],
        )
      }),
    )

    it.effect("can be all records of a file", () =>
      Effect.gen(function* () {
        const { attempt, jobId } = yield* running
        const batch = mixedBatch(1, 3, () => true)
        assert.strictEqual(yield* load(attempt, Stream.make(batch)), 0)
        assert.deepStrictEqual(yield* stored(jobId), batch.rejects)
      }),
    )

    it.effect("are stored even if their text is not valid in Postgres", () =>
      Effect.gen(function* () {
        const { attempt, jobId } = yield* running
        const rejects = [rejectOf(1, "a\0b"), rejectOf(2, "half \ud83d of a pair")]
        yield* load(attempt, Stream.make({ ...batchFrom(1), rejects }))
        assert.deepStrictEqual(
          (yield* stored(jobId)).map(({ raw }) => raw),
          ["a\\x00b", "half \ufffd of a pair"],
        )
      }),
    )

    it.effect("are stored during the load, between several COPYs", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const batches = Stream.map(upTo(99), (n) => mixedBatch(1 + n * 90, 90, isThird))
        assert.strictEqual(yield* load(attempt, batches), 6000)
        const found = yield* stored(jobId)
        assert.lengthOf(found, 3000)
        assert.deepStrictEqual(found.at(-1), rejectOf(9000))
        assert.isTrue(found.every(({ record }, index) => record === 3 * (index + 1)))
        const [sum] =
          yield* sql`select sum(id::int)::int as sum, count(distinct id)::int as ids from public.${sql(attempt.table)}`
        assert.deepStrictEqual(sum, { sum: (9000 * 9001) / 2 - 3 * ((3000 * 3001) / 2), ids: 6000 })
      }),
    )

    it.effect("need the same memory, however many there are", () =>
      Effect.gen(function* () {
        const { attempt, jobId } = yield* running
        const before = heapInUse()
        let most = 0
        const batches = Stream.map(upTo(59), (n) => {
          if (n % 30 === 29) most = Math.max(most, heapInUse() - before)
          const rejects = Array.from({ length: 100 }, (_, index) => 1 + n * 100 + index).map((record) =>
            rejectOf(record, longText(record)),
          )
          return { ...batchFrom(1 + n * 100), rejects }
        })
        yield* load(attempt, batches)
        const sql = yield* PgClient.PgClient
        const [found] = yield* sql`
          select count(*)::int as count, sum(length(raw))::int as length from sluice.reject where job_id = ${jobId}`
        assert.deepStrictEqual(found, { count: 6000, length: 6_000_000 })
        assert.isBelow(most, 3e6)
      }),
    )

    it.effect("do not change the record number of a row that Postgres rejects many COPYs later", () =>
      Effect.gen(function* () {
        const { attempt } = yield* running
        const before = Stream.map(upTo(49), (n) => mixedBatch(1 + n * 100, 100, isOdd))
        // Records 5001 to 5006: 5001, 5003 and 5006 are rejects, and Postgres rejects the row of 5005.
        const bad: CopyBatch = {
          ...batchFrom(5001, rowOf(5002), rowOf(5004), ["5005", "too", "few"]),
          rejects: [rejectOf(5001), rejectOf(5003), rejectOf(5006)],
        }
        const count = yield* countStored
        const error = yield* Effect.flip(load(attempt, Stream.concat(before, Stream.make(bad))))
        if (error._tag !== "LoadError") return assert.fail("expected a LoadError")
        assert.deepStrictEqual([error.code, error.place.record], ["target_rejected", 5005])
        assert.strictEqual(yield* countStored, count)
      }),
    )

    it.effect("are not stored for a load that fails or loses its claim", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const count = yield* countStored
        const many = Stream.map(upTo(29), (n) => mixedBatch(1 + n * 100, 100, () => true))
        const failing = yield* running
        const broken = Stream.concat(
          many,
          Stream.fail(loadError("source_interrupted", "the source broke off")),
        )
        assert.strictEqual(codeOf(yield* Effect.flip(load(failing.attempt, broken))), "source_interrupted")
        const { attempt, jobId, jobs } = yield* running
        const onSettling = asSomeCaller(Effect.orDie(jobs.cancel(jobId)))
        assert.strictEqual(codeOf(yield* Effect.flip(load(attempt, many, { onSettling }))), "ClaimLost")
        assert.strictEqual(yield* countStored, count)
        assert.sameMembers(yield* tables, before)
      }),
    )

    it.effect("are only stored for the attempt that commits, if a job has two attempts", () =>
      Effect.gen(function* () {
        const { attempt, jobId, jobs, queue } = yield* running
        const batch = mixedBatch(1, 1500, (record) => record % 2 === 0)
        const failing = Stream.concat(
          Stream.make(batch),
          Stream.fail(loadError("source_interrupted", "broke off")),
        )
        yield* Effect.flip(load(attempt, failing))
        yield* jobs.retry(attempt.claim, loadError("source_interrupted", "broke off"), Duration.zero)
        const claims = yield* queue.claim(100)
        const claim = claims.find(({ claim }) => claim.jobId === jobId)?.claim
        const [second] = yield* jobs.begin(claim === undefined ? [] : [claim])
        if (second === undefined) return assert.fail("the job was not claimed again")
        assert.strictEqual(yield* load(second, Stream.make(batch)), 750)
        assert.deepStrictEqual(yield* stored(jobId), batch.rejects)
      }),
    )

    it.effect("and rows must add up to the records that were read, or nothing is committed", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const count = yield* countStored
        const { attempt, jobId } = yield* running
        const two = { ...batchFrom(1, rowOf(1)), rejects: [rejectOf(2)] }
        const inconsistencies: Record<string, { batches: ReadonlyArray<CopyBatch>; records?: number }> = {
          "one more record was read": { batches: [two], records: 3 },
          "one record fewer was read": { batches: [two], records: 1 },
          "a batch is missing": { batches: [two, batchFrom(4, rowOf(4))] },
          "a batch is sent twice": { batches: [two, two] },
          "the first batch is missing": { batches: [batchFrom(2, rowOf(2))] },
          "a batch is empty": { batches: [batchFrom(1)] },
          "a reject belongs to another batch": { batches: [{ ...two, rejects: [rejectOf(3)] }] },
          "a reject is sent twice": { batches: [{ ...batchFrom(1), rejects: [rejectOf(1), rejectOf(1)] }] },
        }
        for (const [name, { batches, ...records }] of Object.entries(inconsistencies)) {
          const error = yield* Effect.flip(load(attempt, Stream.fromIterable(batches), records))
          assert.strictEqual(codeOf(error), "internal_error", name)
        }
        assert.strictEqual(yield* countStored, count)
        assert.sameMembers(yield* tables, before)
        assert.strictEqual((yield* jobOf(jobId)).state, "active")
      }),
    )
  })
