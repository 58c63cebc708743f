import { assert, it } from "@effect/vitest"
import { OriginalOffsets } from "../../../src/Csv/encoding/OriginalOffsets.ts"

it("an early place is exact also after ten thousand small pieces", () => {
  const offsets = new OriginalOffsets((_, to) => 2 * to)
  for (let n = 0; n < 10_000; n++) offsets.add(6 * n, 3 * n, new Uint8Array(3))
  assert.deepStrictEqual(
    [0, 4, 29_999].map((offset) => offsets.find(offset)),
    [0, 8, 59_998],
  )
})

it("a place in text that is no longer kept is the start of its piece", () => {
  const offsets = new OriginalOffsets((_, to) => 2 * to)
  const length = 1024 * 1024
  for (let n = 0; n < 8; n++) offsets.add(2 * length * n, length * n, new Uint8Array(length))
  assert.deepStrictEqual(
    [offsets.find(length + 5), offsets.find(7 * length + 5)],
    [2 * length, 14 * length + 10],
  )
})
