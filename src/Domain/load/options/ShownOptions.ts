import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { LoadOptions } from "./LoadOptions.ts"

/** Options as they were given, but for secrets. A masked text need not be one that a request may have. */
export const ShownOptions = Schema.Struct({
  ...Struct.omit(LoadOptions.fields, ["headers", "callbackUrl"]),
  headers: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({
      description: "Names of the request headers, in lower case. Their values are shown as ***.",
    }),
  ),
  callbackUrl: Schema.optionalKey(Schema.String.annotate({ description: "With secrets shown as ***." })),
})
export type ShownOptions = typeof ShownOptions.Type
