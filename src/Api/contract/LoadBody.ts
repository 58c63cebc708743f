import * as Schema from "effect/Schema"
import { charactersDiffer, hasDescribedHeader } from "../../Domain/load/options/CsvOptions.ts"
import { notationsHaveTypes } from "../../Domain/load/options/ColumnOption.ts"
import { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { SourceUrl } from "../../Domain/source/SourceUrl.ts"

/** The URL of the sample file server of `npm start` and Compose. */
export const exampleUrl = SourceUrl.make("http://localhost:8000/tripsdata.csv")

/** The body of `POST /download_file` and `POST /preview`, as a form or JSON: the file's URL and all of `LoadOptions`. */
export const LoadBody = Schema.Struct({
  fileUrl: SourceUrl.annotate({
    description: "Absolute http or https URL of a CSV file.",
    examples: [exampleUrl],
  }),
  ...LoadOptions.fields,
}).check(charactersDiffer, hasDescribedHeader, notationsHaveTypes)
