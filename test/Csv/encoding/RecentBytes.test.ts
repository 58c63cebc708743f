import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { RecentBytes } from "../../../src/Csv/encoding/RecentBytes.ts"

const capacity = 16 * 1024
const longest = 3000

const Lengths = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: longest }))).check(
  Schema.isMaxLength(60),
)

describe("RecentBytes", () => {
  it.prop(
    "returns the latest parts as they were, and earlier ones as they were or not at all",
    { lengths: Lengths },
    ({ lengths }) => {
      const recent = new RecentBytes(capacity)
      const parts: Array<{ readonly bytes: Uint8Array; readonly position: number }> = []
      for (const [n, length] of lengths.entries()) {
        const bytes = new Uint8Array(length).fill(n + 1)
        parts.push({ bytes, position: recent.append(bytes) })
        let since = 0
        for (const part of parts.toReversed()) {
          const found = recent.find(part.position, part.bytes.length)
          since += part.bytes.length
          if (since <= capacity - 2 * longest) assert.isNotNull(found)
          if (found !== null) assert.deepStrictEqual(found, part.bytes)
        }
      }
    },
  )

  it("keeps parts that fill its memory exactly", () => {
    const recent = new RecentBytes(capacity)
    const positions = [1, 2, 3, 4].map((n) => recent.append(new Uint8Array(4096).fill(n)))
    assert.deepStrictEqual(
      positions.map((position) => recent.find(position, 4096)?.[0]),
      [1, 2, 3, 4],
    )
  })

  it("keeps a part that is longer than its memory", () => {
    const recent = new RecentBytes(capacity)
    for (let n = 0; n < 20; n++) recent.append(new Uint8Array(longest))
    const long = new Uint8Array(3 * capacity).fill(7)
    assert.deepStrictEqual(recent.find(recent.append(long), long.length), long)
    const position = recent.append(Uint8Array.of(1, 2, 3))
    assert.deepStrictEqual(recent.find(position, 3), Uint8Array.of(1, 2, 3))
  })
})
