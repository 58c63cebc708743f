import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { failAbove } from "../../src/Worker/failAbove.ts"
import { ProgressCounter } from "../../src/Worker/ProgressCounter.ts"
import { batchFrom, rejectOf, rowOf } from "../support/SinkLoads.ts"

const batches = Stream.fromIterable(
  [
    { ...batchFrom(1, rowOf(1)), rejects: [rejectOf(2)] },
    { ...batchFrom(3, rowOf(3)), rejects: [rejectOf(4), rejectOf(5)] },
  ],
  { chunkSize: 1 },
)

it.effect("a load with as many rejects as the limit passes all batches and counts their records", () =>
  Effect.gen(function* () {
    const progress = new ProgressCounter()
    const passed = yield* Stream.runCollect(failAbove({ _tag: "Rows", rows: 3 }, progress)(batches))
    assert.lengthOf(passed, 2)
    assert.deepInclude(progress.read(), { rowsLoaded: 2, rowsRejected: 3 })
    assert.deepStrictEqual(progress.rejects, { ragged_record: 3 })
  }),
)

it.effect("a load with more rejects fails at once, with the place of the first reject", () =>
  Effect.gen(function* () {
    const progress = new ProgressCounter()
    const limited = failAbove({ _tag: "Rows", rows: 0 }, progress)(Stream.concat(batches, Stream.never))
    const error = yield* Effect.flip(Stream.runDrain(limited))
    assert.strictEqual(error.code, "too_many_bad_rows")
    assert.deepInclude(error.place, { record: 2, line: 3, byteOffset: 200 })
    assert.include(error.message, "1 of 2 records")
  }),
)

it.effect("a share is checked at the end of the file", () =>
  Effect.gen(function* () {
    const progress = new ProgressCounter()
    const limit = { _tag: "Percent", percent: 40 } as const
    const error = yield* Effect.flip(Stream.runDrain(failAbove(limit, progress)(batches)))
    assert.strictEqual(error.code, "too_many_bad_rows")
    assert.include(error.message, "3 of 5 records")
  }),
)

it.effect("the error ends with the hint", () =>
  Effect.gen(function* () {
    const limit = { _tag: "Rows", rows: 0 } as const
    const limited = failAbove(limit, new ProgressCounter(), () => "There are two tables.")(batches)
    const { message } = yield* Effect.flip(Stream.runDrain(limited))
    assert.match(message, /The first: .* There are two tables\.$/)
  }),
)
