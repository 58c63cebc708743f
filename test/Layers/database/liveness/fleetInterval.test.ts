import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { fleetInterval } from "../../../../src/Layers/database/liveness/fleetInterval.ts"

const times = {
  least: Duration.millis(250),
  ofProcess: Duration.millis(500),
  most: Duration.seconds(5),
}

it("a process does its part less often the more workers there are, within its limits", () => {
  for (const [workers, milliseconds] of [
    [0, 500],
    [1, 500],
    [4, 1000],
    [16, 4000],
    [200, 5000],
  ] as const)
    assert.strictEqual(Duration.toMillis(fleetInterval(times, workers, 0.5)), milliseconds)
})

it("processes that started together do not stay in step", () => {
  assert.strictEqual(Duration.toMillis(fleetInterval(times, 16, 0)), 3000)
  assert.strictEqual(Duration.toMillis(fleetInterval(times, 16, 1)), 5000)
})
