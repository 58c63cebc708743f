import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../../src/Domain/load/CopyBatch.ts"
import { batchFrom, load, rejectOf, running } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const rowsOfBatch = 1000

/** Wide, so that a few batches fill the socket's buffer. */
const wideRow = (n: number) => [String(n), "wide ".repeat(40), "", "", ""]

/** This many batches in a few reused buffers. A buffer is overwritten as soon as it is released. */
const lent = (count: number) => {
  const released = Array.from({ length: count }, () => 0)
  const spare: Array<Uint8Array> = []
  let made = 0
  const write = (n: number): CopyBatch => {
    const firstRecord = 1 + n * (rowsOfBatch + 1)
    const isEmpty = n % 10 === 9
    const written = batchFrom(
      firstRecord,
      ...(isEmpty ? [] : Array.from({ length: rowsOfBatch }, (_, index) => wideRow(firstRecord + index))),
    )
    const capacity = 300_000
    const bytes = (spare.pop() ?? (made++, new Uint8Array(capacity))).subarray(0, written.bytes.length)
    bytes.set(written.bytes)
    const firstReject = isEmpty ? firstRecord : firstRecord + rowsOfBatch
    const until = firstRecord + rowsOfBatch
    return {
      ...written,
      bytes,
      rejects: Array.from({ length: until - firstReject + 1 }, (_, index) => rejectOf(firstReject + index)),
      release: () => {
        released[n]!++
        const buffer = new Uint8Array(bytes.buffer)
        buffer.fill(0xff)
        spare.push(buffer)
      },
    }
  }
  const batches = Stream.map(Stream.rechunk(Stream.range(0, count - 1), 1), write)
  return { batches, released, made: () => made }
}

for (const streams of ["1", "3"])
  layer(TestBackend.layer({ COPY_STREAMS: streams }), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`buffers of a load over ${streams} connections`, (it) => {
    it.effect("are released soon, once each, and not before they were read", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt } = yield* running
        const count = 100
        const { batches, made, released } = lent(count)
        const rows = yield* load(attempt, batches)
        assert.strictEqual(rows, 90 * rowsOfBatch)
        assert.isTrue(released.every((times) => times === 1))
        assert.isBelow(made(), 30)
        const [found] = yield* sql<{ rows: number; sum: string }>`
          select count(distinct id)::int as rows, sum(id::bigint)::text as sum from public.${sql(attempt.table)}`
        const sum = Array.from({ length: count }, (_, n) => n)
          .filter((n) => n % 10 !== 9)
          .map((n) => 1 + n * (rowsOfBatch + 1))
          .reduce((sum, first) => sum + first * rowsOfBatch + (rowsOfBatch * (rowsOfBatch - 1)) / 2, 0)
        assert.deepStrictEqual(found, { rows, sum: String(sum) })
      }),
    )
  })
