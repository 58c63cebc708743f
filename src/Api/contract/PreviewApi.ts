import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { AlmostTyped } from "../../Domain/load/AlmostTyped.ts"
import { Column } from "../../Domain/load/columns/Column.ts"
import { Findings, RepairedRecord } from "../../Domain/load/Findings.ts"
import { Job } from "../../Domain/job/Job.ts"
import { RowChange, SchemaChanges } from "../../Domain/load/SchemaChanges.ts"
import { previewedRecords } from "../../Domain/load/previewedRecords.ts"
import { Reject } from "../../Domain/load/Reject.ts"
import { SkippedLine } from "../../Domain/load/SkippedLine.ts"
import { Authorization, InvalidInput, RequiredScope, StreamsBody } from "./Middleware.ts"
import { LoadBody } from "./LoadBody.ts"
import * as Problem from "./problems/Problems.ts"
import { describedUpload, FileNameParams, UploadFields } from "./UploadApi.ts"

const ColumnPreview = Schema.Struct({
  ...Column.fields,
  number: Schema.NullOr(Schema.Natural).annotate({
    description:
      "Number of the column in the file, from 1, as in the place of a reject; null: it is the one that sourceColumn adds.",
  }),
  suggestedType: Schema.String.annotate({
    description:
      "The type of the table's column if it exists, else the type that `columns` gives the column, else the one that types=infer would give it if the rest of the file is like its beginning. Of a column in almostTyped, the type that it has there.",
  }),
}).annotate({ identifier: "ColumnPreview" })

const Values = Schema.Array(Schema.NullOr(Schema.String))

const PreviewReject = Schema.Struct({
  ...Reject.fields,
  values: Schema.NullOr(Values).annotate({
    description:
      "The values that its row would have, in the order of `columns`; null if the record does not have the columns of the file.",
  }),
}).annotate({
  identifier: "PreviewReject",
  description: "A record that could not be loaded, and its values.",
})

/** A field as previews describe it. */
const described = <S extends Schema.Top>(field: S, description: string): S["Rebuild"] =>
  field.annotate({ description })

/** The response of `POST /preview`. */
export const PreviewResource = Schema.Struct({
  requestedUrl: Job.fields.requestedUrl,
  suggestedTableName: Schema.String.annotate({
    description:
      "A name for the option tableName: from the URL's last segment, or, if that is no file name, from the Content-Disposition of the response. It may be taken.",
  }),
  dialect: described(Findings.fields.dialect, "How a load would read the file."),
  encoding: described(
    Findings.fields.encoding,
    "The file's encoding, by its name in the WHATWG Encoding Standard.",
  ),
  encodingGuess: described(
    Findings.fields.encodingGuess,
    "Set if the encoding was guessed with little evidence: the encoding and the next best one.",
  ),
  compression: described(
    Job.fields.compression,
    "How the file is compressed, outermost first; null if it is not.",
  ),
  columns: Schema.Array(ColumnPreview).annotate({
    description: "The columns that would be loaded, in the file's order.",
  }),
  schemaChanges: described(SchemaChanges, "How the columns of the file and of the table differ."),
  almostTyped: Schema.Array(AlmostTyped).annotate({
    description:
      "Columns that are text, although nearly all their values in the part of the file that was read have a type, and why. Without the option types, types are those of types=lenient.",
  }),
  recordsRead: Schema.Natural.annotate({
    description:
      "Number of records in the part of the file that was read, rows and rejects. With the warning beginning_only, the file can have more.",
  }),
  records: Schema.Array(Values).annotate({
    description: `Those of the first ${previewedRecords} records that would become rows; null is NULL.`,
  }),
  rowChanges: Schema.NullOr(Schema.Array(RowChange)).annotate({
    description:
      "What the load would do with each of `records`, by the table as it is: only of a load that updates rows by a key, and if you and the service may read the table and it can compare them; otherwise null.",
  }),
  repairedRecords: Schema.Array(RepairedRecord).annotate({
    description: `Those of the first ${previewedRecords} records that would be repaired, and how.`,
  }),
  rejects: Schema.Array(PreviewReject).annotate({
    description: `Those of the first ${previewedRecords} records that would be rejected.`,
  }),
  skippedLines: Schema.Array(SkippedLine).annotate({
    description: "The first 20 lines that would be skipped, except blank ones.",
  }),
  repairs: described(Findings.fields.repairs, "Number of records that would be repaired, by kind of repair."),
  skipped: described(Findings.fields.skipped, "Number of lines that would be skipped, by kind."),
  lines: described(
    Findings.fields.lines,
    "How many lines belong to what, in the part of the file that was read.",
  ),
  warnings: described(
    Findings.fields.warnings,
    "What to check before loading the file. A job has the same warnings, for the whole file.",
  ),
}).annotate({
  identifier: "Preview",
  description: "The beginning of a file, as a load would read it.",
  examples: [
    {
      requestedUrl: null,
      suggestedTableName: "bestellungen",
      dialect: {
        delimiter: ";",
        quote: '"',
        escape: '"',
        comment: null,
        lineEnding: "crlf",
        skipsBlanks: false,
        hasHeader: true,
        skippedLines: 0,
      },
      encoding: "windows-1252",
      encodingGuess: { encoding: "windows-1252", runnerUp: "windows-1250" },
      compression: "gzip",
      columns: [
        { name: "Größe", header: "Größe", number: 1, suggestedType: "numeric" },
        { name: "Datum", header: "Datum", number: 2, suggestedType: "date" },
      ],
      schemaChanges: { created: true, added: [], missing: [], ignored: [] },
      almostTyped: [],
      recordsRead: 1,
      records: [["1.5", "2020-05-18"]],
      rowChanges: null,
      repairedRecords: [],
      rejects: [],
      skippedLines: [],
      repairs: {},
      skipped: {},
      lines: { total: 2, header: 1, rows: 1, rejects: 0 },
      warnings: [
        {
          code: "encoding_guess",
          message: "The encoding was guessed: windows-1252. If letters look wrong, give the encoding.",
          line: null,
        },
      ],
    },
  ],
})

const preview = HttpApiEndpoint.post("preview", "/preview", {
  payload: [LoadBody, LoadBody.pipe(HttpApiSchema.asFormUrlEncoded())],
  success: PreviewResource,
  error: [
    Problem.FileNotLoadable,
    Problem.withRetryAfter(Problem.TooManyPreviews),
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
  ],
})
  // As for a job: the URL is fetched in the name of the caller.
  .annotate(RequiredScope, "submit")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "preview",
      summary: "Show how a file would be read",
      description: `Takes the same body as /download_file, reads the first MiB of the file, or up to two MiB until it has 20 records, and creates nothing. Returns the detected format, the columns with suggested types, the first ${previewedRecords} records, and warnings. Responds within 15 seconds, or with a longer \`timeout\` within 60.`,
    }),
  )

const previewUpload = HttpApiEndpoint.put("previewUpload", "/preview/:fileName", {
  params: FileNameParams,
  // Checked with the fields of a form.
  query: UploadFields,
  success: PreviewResource,
  error: [Problem.RequestTimedOut, Problem.FileNotLoadable, Problem.withRetryAfter(Problem.TooManyPreviews)],
})
  .annotate(RequiredScope, "submit")
  .annotate(StreamsBody, true)
  .annotateMerge(
    describedUpload(
      "previewUpload",
      "Show how a file that is sent would be read",
      "The same for the body of the request, with the options of an upload in the query. Reads only the beginning: send the first 4 MiB of a large file.",
    ),
  )

/** Look at a file before loading it. */
export class PreviewApi extends HttpApiGroup.make("preview")
  .add(preview, previewUpload)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Preview", description: "Look at a file before loading it." }),
  ) {}
