import * as Schema from "effect/Schema"

/**
 * The process cannot start until an operator has changed the database or the configuration: a right or a role is missing, the schemas are
 * not migrated, or a setting names the wrong database. Waiting does not help. `message` says what to change.
 */
export class StartRefused extends Schema.TaggedError<StartRefused>()("StartRefused", {
  message: Schema.String,
}) {}
