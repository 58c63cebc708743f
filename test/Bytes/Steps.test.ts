import { runInNewContext } from "node:vm"
import { setFlagsFromString } from "node:v8"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Steps, withPauses } from "../../src/Bytes/Steps.ts"

const held = () => process.memoryUsage().arrayBuffers

const size = 1024 * 1024
const chunks = 24

function* countTo(last: number, seen: Array<number | "pause">): Steps<string> {
  for (let step = 1; step < last; step++) {
    seen.push(step)
    yield
  }
  seen.push(last)
  return "result"
}

function* read(chunk: Uint8Array): Steps<number> {
  yield
  return chunk.length
}

it.effect("pauses after each step and returns the result of the last one", () =>
  Effect.gen(function* () {
    const seen: Array<number | "pause"> = []
    const pause = Effect.sync(() => void seen.push("pause"))
    assert.strictEqual(yield* withPauses(countTo(2, seen), pause), "result")
    assert.deepStrictEqual(seen, [1, "pause", 2])
  }),
)

it.effect("minor garbage collections free the chunks of earlier steps", () =>
  Effect.gen(function* () {
    setFlagsFromString("--expose-gc")
    const collect: (options: { readonly type: "minor" }) => void = runInNewContext("gc")
    const before = held()
    for (let n = 0; n < chunks; n++) {
      yield* withPauses(read(new Uint8Array(size)), Effect.void)
      collect({ type: "minor" })
    }
    assert.isBelow(held() - before, (chunks / 4) * size)
  }),
)
