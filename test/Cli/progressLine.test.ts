import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { waitingJob } from "../support/waitingJob.ts"
import { progressLine } from "../../src/Cli/output/progressLine.ts"

const heldUntil = DateTime.makeUnsafe("2026-03-01T12:00:31Z")

it.each([
  [{ reason: "slot", position: 12 }, "waits for a worker, position 12"],
  [{ reason: "target" }, "waits for the database default, which no worker reaches"],
  [{ reason: "host" }, "waits until fewer files of files.example are being read"],
  [
    { reason: "held", heldUntil },
    "waits until 2026-03-01T12:00:31.000Z: files.example asked for fewer requests",
  ],
] as const)("a job that waits with %j says so on one line", (waiting, line) => {
  assert.strictEqual(progressLine(waitingJob(waiting)), line)
})
