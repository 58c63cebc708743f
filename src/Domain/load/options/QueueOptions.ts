import * as Schema from "effect/Schema"
import { option, signedNumber } from "./LoadOption.ts"

const mostUrgent = 100

export const defaultPriority = 0

/** When the load starts, among those of the same caller. */
export const QueueOptions = Schema.Struct({
  priority: option(
    Schema.Int.check(Schema.isBetween({ minimum: -mostUrgent, maximum: mostUrgent })),
    signedNumber,
    {
      meaning: "Which of your waiting jobs starts first: the one with the highest number.",
      details:
        "Jobs of other callers are never delayed by it. Jobs on one table run in the order in which they were posted, whatever their priority. Uploads and previews ignore it.",
      values: `a whole number from -${mostUrgent} to ${mostUrgent}`,
      examples: [10, -10],
      default: defaultPriority,
    },
  ),
})
