import * as Schema from "effect/Schema"
import { lastCountedPosition } from "./lastCountedPosition.ts"
import { time } from "./time.ts"

/** What a job that is not running waits for. */
const WaitReason = Schema.Literals(["slot", "table", "retry", "host", "held", "target"])

/** Why a job waits, and for how long about. */
export const Waiting = Schema.Struct({
  reason: WaitReason.annotate({
    description:
      "slot: a free slot of a worker, in the order of fair shares. table: the job before it on its table (waitsFor). retry: the time of the next attempt (nextAttemptAt). host: as many files of its host are being read as may be at a time. held: its host asked for fewer requests, so none is sent until heldUntil. target: no running worker reaches the database of its table: it does not respond, or they lack it (TARGET_DATABASES).",
  }),
  position: Schema.NullOr(Schema.Natural).annotate({
    description: `About how many jobs, with this one, start until it has started; ${lastCountedPosition + 1} if there are more than ${lastCountedPosition}. Jobs of other callers that come later can start earlier. null unless the reason is slot.`,
  }),
  heldUntil: Schema.NullOr(
    time(
      "Until when no file of the host is requested, because it responded with 429, 503 or Retry-After. null unless the reason is held.",
    ),
  ),
  estimatedStartAt: Schema.NullOr(
    time(
      "About when it starts, at the rate at which jobs have ended during the last minute. null if the position is, and if no job has ended.",
    ),
  ),
}).annotate({ identifier: "Waiting", description: "Why a job waits, and for how long about." })
export type Waiting = typeof Waiting.Type
