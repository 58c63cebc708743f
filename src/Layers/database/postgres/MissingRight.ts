import * as Schema from "effect/Schema"

/** Sluice's role lacks a right. `message` has the statement that grants it. */
export class MissingRight extends Schema.TaggedError<MissingRight>()("MissingRight", {
  message: Schema.String,
}) {}
