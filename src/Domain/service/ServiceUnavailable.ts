import * as Schema from "effect/Schema"

/** The service cannot do this now, in general because the database does not respond. A retry can succeed. */
export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()("ServiceUnavailable", {
  operation: Schema.String,
  message: Schema.String,
  /** For clients, without internals; absent if the database does not respond. */
  detail: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect()),
}) {}
