import * as Schema from "effect/Schema"

/** Identifies a source: a URL that is loaded again and again. */
export const SourceId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("SourceId"))
export type SourceId = typeof SourceId.Type
