import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import {
  jitterOf,
  nextRun,
  parseCron,
  parseInterval,
  shortestPause,
} from "../../../src/Domain/refresh/RefreshSchedule.ts"

const at = (time: string) => new Date(`2026-03-01T${time}Z`)
const every = (interval: Duration.Input) => ({
  _tag: "Every" as const,
  interval: Duration.fromInputUnsafe(interval),
})

describe("the next run of a source", () => {
  it("is an interval after the planned time of the last one, however late that one was", () => {
    assert.deepStrictEqual(nextRun(every("10 minutes"), at("10:00:00"), at("10:03:00"), 0), at("10:10:00"))
  })
  it("is the first planned time in the future when runs were missed", () => {
    assert.deepStrictEqual(nextRun(every("10 minutes"), at("10:00:00"), at("11:25:00"), 0), at("11:30:00"))
  })
  it.each([
    [0, "10:10:00"],
    [10, "10:10:00"],
    [11, "10:20:00"],
    [12, "10:40:00"],
    [13, "11:20:00"],
    [40, "11:20:00"],
  ])("comes later when the file was unchanged %d times", (unchanged, expected) => {
    assert.deepStrictEqual(
      nextRun(every("10 minutes"), at("10:00:00"), at("10:00:01"), unchanged),
      at(expected),
    )
  })
  it("follows a cron expression in its time zone", () => {
    const cron = parseCron("30 6 * * 1-5", "Europe/Madrid")
    assert.isNotNull(cron)
    // 1 March 2026 is a Sunday.
    assert.deepStrictEqual(
      nextRun({ _tag: "Cron", cron: cron! }, at("10:00:00"), at("10:00:00"), 20),
      new Date("2026-03-02T05:30:00Z"),
    )
  })
})

describe("the jitter of a source", () => {
  it.each([
    ["00000000-0000-4000-8000-000000000000", "1 hour", "0 seconds"],
    ["80000000-0000-4000-8000-000000000000", "1 minute", "3 seconds"],
    ["80000000-0000-4000-8000-000000000000", "1 day", "15 seconds"],
  ] as const)("of %s with %s between its runs is %s", (id, pause, expected) => {
    assert.deepStrictEqual(jitterOf(id, every(pause)), Duration.fromInputUnsafe(expected))
  })
})

describe("schedules as they are written", () => {
  it.each([
    ["15m", "15 minutes"],
    ["15 minutes", "15 minutes"],
    ["1h", "1 hour"],
    ["2 Days", "2 days"],
    ["1w", "1 week"],
    ["366d", "366 days"],
    ["90s", "90 seconds"],
  ] as const)("%s is %s", (text, expected) => {
    assert.deepStrictEqual(parseInterval(text), Duration.fromInputUnsafe(expected))
  })
  it.each(["", "15", "m", "-1m", "1.5h", "1 month", "1mo", "soon", "367d", "500000w"])(
    "%j is no interval",
    (text) => {
      assert.isNull(parseInterval(text))
    },
  )
  it.each(["", "* * * *", "* * * * * *", "61 * * * *", "hourly", "0 0 30 2 *"])(
    "%j is no cron expression",
    (text) => {
      assert.isNull(parseCron(text, "UTC"))
    },
  )
  it("refuses an unknown time zone", () => {
    assert.isNull(parseCron("* * * * *", "Europe/Atlantis"))
  })
  it.each([
    ["* * * * *", "1 minute"],
    ["0,5 * * * *", "5 minutes"],
    ["0 6 * * *", "1 day"],
    ["0 6 29 2 *", "1461 days"],
  ] as const)("%s runs at least %s apart", (text, expected) => {
    const pause = shortestPause({ _tag: "Cron", cron: parseCron(text, "UTC")! }, at("00:00:30"))
    assert.deepStrictEqual(pause, Duration.fromInputUnsafe(expected))
  })
})
