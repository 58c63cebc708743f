import { assert, it, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { slotsFor, usableSlots } from "../../../../src/Layers/database/liveness/usableSlots.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestLog } from "../../../support/TestLog.ts"

/** A server as it is installed. */
const stock = { most: 100, reserved: 3 }
const defaults = { slots: 48, streams: 1, extra: 1 }

it.each([1, 2, 3, 5])("%i workers and an API fit into the connections of a server", (replicas) => {
  const { usable } = slotsFor({ ...stock, replicas }, defaults)
  assert.isAtLeast(usable, 1)
  // Each has its loads and usually up to eight other connections, and an API has up to twenty-eight.
  if (usable > 1) assert.isAtMost(28 + replicas * (8 + usable + defaults.extra), stock.most - stock.reserved)
})

it("one worker uses all slots of a stock server, and several do with the connections that the warning names", () => {
  assert.strictEqual(slotsFor({ ...stock, replicas: 1 }, defaults).usable, 48)
  for (const options of [defaults, { slots: 10, streams: 3, extra: 0 }]) {
    const { maxConnectionsForAll, usable } = slotsFor({ ...stock, replicas: 4 }, options)
    assert.isBelow(usable, options.slots)
    const enough = { most: maxConnectionsForAll, reserved: 3, replicas: 4 }
    assert.strictEqual(slotsFor(enough, options).usable, options.slots)
    assert.isBelow(slotsFor({ ...enough, most: enough.most - 1 }, options).usable, options.slots)
  }
})

layer(TestBackend.layer({ WORKER_CONCURRENCY: "1000" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("a worker with more slots than the server has connections", (it) => {
  it.effect("uses fewer of them and says what to set", () =>
    Effect.gen(function* () {
      const { lines } = yield* TestLog
      const slots = yield* usableSlots
      assert.isBelow(slots(), 1000)
      const warning = lines.find(({ level }) => level === "WARN")
      assert.match(
        String(warning?.message),
        /max_connections to at least \d+, or WORKER_CONCURRENCY to at most \d+/,
      )
      assert.strictEqual(warning?.annotations["usable"], slots())
    }).pipe(Effect.provide(TestLog.layer)),
  )
})
