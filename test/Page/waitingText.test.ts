import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { JobResource } from "../../src/Api/contract/JobResource.ts"
import { waitingText } from "../../src/Page/screens/job/waitingText.ts"
import { waitingJob } from "../support/waitingJob.ts"

const now = Date.UTC(2026, 2, 1, 12)
const soon = DateTime.makeUnsafe(now + 31_000)

it.each([
  [
    { reason: "slot", position: 12, estimatedStartAt: soon },
    "Waiting for a slot: position 12, starts in about 31 s",
  ],
  [{ reason: "target" }, "Waiting for the database default, which no worker reaches"],
  [{ reason: "host" }, "Waiting until fewer files of files.example are being read"],
  [{ reason: "held", heldUntil: soon }, "files.example asked for fewer requests: waiting for 31 s"],
  [{ reason: "held", heldUntil: DateTime.makeUnsafe(now) }, "files.example asked for fewer requests"],
] as const)("the page says of a job that waits with %j: %s", (waiting, text) => {
  assert.strictEqual(waitingText(Schema.encodeSync(JobResource)(waitingJob(waiting)), now), text)
})
