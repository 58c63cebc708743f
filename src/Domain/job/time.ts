import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** A time of ISO 8601 in a response. */
export const time = (description: string) =>
  Schema.String.annotate({ format: "date-time", description }).pipe(
    Schema.decodeTo(Schema.DateTimeUtc, SchemaTransformation.dateTimeUtcFromString),
  )
