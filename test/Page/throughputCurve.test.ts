import { assert, describe, it } from "@effect/vitest"
import { throughputCurve } from "../../src/Page/screens/job/throughputCurve.ts"

const point = (elapsedSeconds: number, bytesReceived: number) => ({
  elapsedSeconds,
  bytesReceived,
  rowsLoaded: 0,
})

describe("the throughput of a job", () => {
  it("is the speed between each two points", () =>
    assert.deepStrictEqual(throughputCurve([point(2, 200), point(4, 600), point(5, 600)]), [
      [0, 2, 4, 5],
      [100, 100, 200, 0],
    ]))

  it("has no peak in a short last interval, which is joined to the one before", () =>
    assert.deepStrictEqual(throughputCurve([point(2, 200), point(4, 400), point(4.5, 900)]), [
      [0, 2, 4.5],
      [100, 100, 280],
    ]))

  it("is one speed if the second of two intervals is short", () =>
    assert.deepStrictEqual(throughputCurve([point(2, 200), point(2.5, 500)]), [
      [0, 2.5],
      [200, 200],
    ]))

  it("leaves out points that are no later than others", () =>
    assert.deepStrictEqual(throughputCurve([point(0, 0), point(1, 100), point(1, 300), point(2, 400)]), [
      [0, 1, 2],
      [100, 100, 300],
    ]))

  it("is empty without points", () => assert.deepStrictEqual(throughputCurve([]), [[], []]))
})
