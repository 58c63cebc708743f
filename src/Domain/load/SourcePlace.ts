import * as Schema from "effect/Schema"

/** The file of a place. */
export const FileOfPlace = Schema.optionalKey(Schema.String).annotate({
  description: "The file, as `fileUrls` of the job has it; absent if the job has one file.",
})

/** A place in the source file. Unknown parts are `null`. */
export const SourcePlace = Schema.Struct({
  record: Schema.NullOr(Schema.Natural).annotate({
    description: "Number of the data record in the file, from 1; the header is 0.",
  }),
  line: Schema.NullOr(Schema.Natural).annotate({
    description: "Line in the file, from 1. LF, CRLF and a lone CR each end a line, also inside quotes.",
  }),
  column: Schema.NullOr(Schema.Natural).annotate({ description: "CSV column within the record, from 1." }),
  byteOffset: Schema.NullOr(Schema.Natural).annotate({
    description: "Bytes from the start of the decoded file, from 0. A byte order mark counts.",
  }),
  fileUrl: FileOfPlace,
})
export type SourcePlace = typeof SourcePlace.Type

/** The place of an error that is about the whole file or the service. */
export const nowhere: SourcePlace = { record: null, line: null, column: null, byteOffset: null }
