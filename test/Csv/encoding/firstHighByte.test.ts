import { assert, it } from "@effect/vitest"
import { firstHighByte } from "../../../src/Csv/encoding/firstHighByte.ts"

it("finds the first byte beyond ASCII in any view of a buffer", () => {
  for (let from = 0; from < 9; from++)
    for (let to = from; to < 20; to++)
      for (let at = from; at <= to; at++) {
        const memory = new Uint8Array(24)
        memory[at] = 0x80
        assert.strictEqual(firstHighByte(memory.subarray(from, to)), at - from, `${from}…${to}`)
      }
})
