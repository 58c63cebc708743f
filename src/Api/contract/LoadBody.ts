import * as Schema from "effect/Schema"
import { charactersDiffer, hasDescribedHeader } from "../../Domain/load/options/CsvOptions.ts"
import { notationsHaveTypes } from "../../Domain/load/options/ColumnOption.ts"
import { keysDiffer } from "../../Domain/load/options/KeyOptions.ts"
import { ScheduleOptions, scheduleFits } from "../../Domain/refresh/ScheduleOptions.ts"
import { modeFits, sourceModeFits } from "../../Domain/load/options/ModeOptions.ts"
import { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { limitHasEffect } from "../../Domain/load/options/RejectLimit.ts"
import { FileUrls, maxFiles } from "../../Domain/source/FileUrls.ts"
import { SourceUrl } from "../../Domain/source/SourceUrl.ts"

/** The URL of the sample file server of `npm start` and Compose. */
export const exampleUrl = SourceUrl.make("http://localhost:8000/tripsdata.csv")

const description = "Absolute http or https URL of a CSV file."

const fileUrls = FileUrls.annotate({
  description: `${description} Several files for one table are repeated fields, or in JSON a list, of at most ${maxFiles}. They are loaded in this order in one transaction. Columns are matched by name, in any order, and each file must have those of the first one.`,
  examples: [exampleUrl],
  mustBe: "the URL of a file, given once for each file",
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
 * The body of `POST /download_file` and `POST /preview`, as a form or JSON: the URLs of the files and all of `LoadOptions`. Its last
 * checks are not part of `LoadOptions`, because jobs of earlier versions may not pass them.
 */
export const LoadBody = Schema.Struct({
  fileUrl: fileUrls,
  ...LoadOptions.fields,
}).check(...loadFits, modeFits)

const sourceFields = { ...LoadOptions.fields, ...ScheduleOptions.fields }
const sourceFits = [...loadFits, sourceModeFits, scheduleFits] as const

/** All options of a source. */
export const SourceOptions = Schema.Struct(sourceFields).check(...sourceFits)

/** The body of `POST /sources`: that of a load, and when it runs. */
export const SourceBody = Schema.Struct({
  fileUrl: SourceUrl.annotate({
    description,
    examples: [exampleUrl],
    mustBe: "given once: a source has one file. Keep several files current by a source for each",
  }),
  ...sourceFields,
}).check(...sourceFits)
