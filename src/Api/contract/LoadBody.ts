import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { charactersDiffer, hasDescribedHeader } from "../../Domain/load/options/CsvOptions.ts"
import { notationsHaveTypes } from "../../Domain/load/options/ColumnOption.ts"
import { keysDiffer } from "../../Domain/load/options/KeyOptions.ts"
import { ScheduleOptions, scheduleFits } from "../../Domain/refresh/ScheduleOptions.ts"
import { modeFits, sourceModeFits } from "../../Domain/load/options/ModeOptions.ts"
import { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { limitHasEffect } from "../../Domain/load/options/RejectLimit.ts"
import { SourceUrl } from "../../Domain/source/SourceUrl.ts"

/** The URL of the sample file server of `npm start` and Compose. */
export const exampleUrl = SourceUrl.make("http://localhost:8000/tripsdata.csv")

const fileUrl = SourceUrl.annotate({
  description: "Absolute http or https URL of a CSV file.",
  examples: [exampleUrl],
})

/** The checks of all requests that load a file. */
export const loadFits = [
  charactersDiffer,
  hasDescribedHeader,
  notationsHaveTypes,
  keysDiffer,
  limitHasEffect,
] as const

/**
 * The body of `POST /download_file` and `POST /preview`, as a form or JSON: the file's URL and all of `LoadOptions`. Its last
 * checks are not part of `LoadOptions`, because jobs of earlier versions may not pass them.
 */
export const LoadBody = Schema.Struct({
  fileUrl,
  ...LoadOptions.fields,
}).check(...loadFits, modeFits)

/** The body of `POST /sources`: that of a load, and when it runs. Nobody is told of the ends of its runs. */
export const SourceBody = Schema.Struct({
  fileUrl,
  ...Struct.omit(LoadOptions.fields, ["callbackUrl"]),
  ...ScheduleOptions.fields,
}).check(...loadFits, sourceModeFits, scheduleFits)
