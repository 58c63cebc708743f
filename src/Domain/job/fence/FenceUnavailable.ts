import * as Schema from "effect/Schema"

/** The database of the table does not respond, so nobody knows whether the job has its table. */
export class FenceUnavailable extends Schema.TaggedError<FenceUnavailable>()("FenceUnavailable", {
  message: Schema.String,
}) {}
