import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Flag } from "effect/cli"
import { flagOf } from "./optionName.ts"

/** A flag for a field of a query of the API, with its description. */
export const fieldFlag = (name: string, field: Schema.Constraint): Flag.Flag<string | undefined> =>
  Flag.String(flagOf(name)).pipe(
    Flag.withDescription(
      String(Schema.toJsonSchemaDocument(field).schema["description"]).replaceAll("`", ""),
    ),
    Flag.optional,
    Flag.map(Option.getOrUndefined<string>),
  )
