import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { TypedColumn } from "../../Domain/load/Column.ts"
import { Job, JobError, JobId } from "../../Domain/job/Job.ts"
import { Progress } from "../../Domain/job/Progress.ts"

export const exampleId = JobId.make("0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e")

/** A job's id in a request. */
export const JobIdField = Schema.String.check(
  Schema.isUUID(undefined, {
    message: `jobId is not a UUID such as ${exampleId}: use the one that POST /download_file returned`,
  }),
)
  .pipe(Schema.brand("JobId"))
  .annotate({ description: "Id of the job, from POST /download_file.", examples: [exampleId] })

const time = (description: string) =>
  Schema.String.annotate({ format: "date-time", description }).pipe(
    Schema.decodeTo(Schema.DateTimeUtc, SchemaTransformation.dateTimeUtcFromString),
  )

const ProgressResource = Schema.Struct({
  bytesReceived: Progress.fields.bytesReceived.annotate({
    description: "Bytes of the file received so far, as the source sent them.",
  }),
  bytesTotal: Progress.fields.bytesTotal.annotate({
    description: "Size of the file in bytes; null if the source does not declare it.",
  }),
  rowsLoaded: Progress.fields.rowsLoaded.annotate({
    description: "Rows sent to Postgres. They become visible, all at once, when the job completes.",
  }),
  rowsRejected: Progress.fields.rowsRejected.annotate({
    description: "Records that could not be loaded.",
  }),
  resumes: Progress.fields.resumes.annotate({
    description: "How often the latest attempt resumed a broken download.",
  }),
  percent: Progress.fields.percent.annotate({
    description: "Share of the bytes received, 0 to 100; null while the size is unknown.",
  }),
  bytesPerSecond: Progress.fields.bytesPerSecond.annotate({
    description: "Mean speed of the latest attempt.",
  }),
  etaSeconds: Progress.fields.etaSeconds.annotate({
    description: "Seconds left at that speed; null if unknown.",
  }),
}).annotate({ identifier: "Progress", description: "Updated about once a second while the job runs." })

const ColumnResource = Schema.Struct({
  name: TypedColumn.fields.name.annotate({ description: "The column's name in Postgres." }),
  header: TypedColumn.fields.header.annotate({ description: "The header cell as in the file." }),
  type: TypedColumn.fields.type.annotate({
    description: "The column's type in Postgres: text, unless types=infer found another.",
  }),
}).annotate({ identifier: "Column" })

const ErrorResource = Schema.Struct({
  code: JobError.fields.code.annotate({ description: "Stable code for programs." }),
  message: JobError.fields.message.annotate({ description: "What went wrong and what to do, for people." }),
  record: JobError.fields.record.annotate({
    description: "Data record in the file, from 1; the header is 0.",
  }),
  line: JobError.fields.line.annotate({ description: "Line in the file, from 1." }),
  column: JobError.fields.column.annotate({ description: "CSV column within the record, from 1." }),
  byteOffset: JobError.fields.byteOffset.annotate({
    description: "Bytes from the start of the decoded file, from 0.",
  }),
}).annotate({
  identifier: "JobError",
  description: "Why the latest attempt failed, and where in the file. Unknown parts are null.",
})

/** `Job` of the domain, with a description of each field. */
export const JobResource = Schema.Struct({
  jobId: Job.fields.jobId.annotate({ description: "Id of the job." }),
  state: Job.fields.state.annotate({
    description:
      "created: waits for its first attempt. active: a worker is loading it. retry: an attempt failed or was returned to the queue; another follows. completed, cancelled and failed are final.",
  }),
  fileUrl: Job.fields.fileUrl.annotate({ description: "The URL as given, with secrets shown as ***." }),
  table: Job.fields.table.annotate({
    description:
      "Name of the table in the service's target schema. The table exists once the job has completed.",
  }),
  createdAt: time("When the job was created."),
  startedAt: Schema.NullOr(time("When its first attempt started.")),
  finishedAt: Schema.NullOr(time("When the job reached its final state.")),
  attempt: Job.fields.attempt.annotate({ description: "Number of the latest attempt, from 1." }),
  progress: ProgressResource,
  columns: Schema.NullOr(Schema.Array(ColumnResource)).annotate({
    description: "The table's columns in order; null until the job has completed.",
  }),
  compression: Job.fields.compression.annotate({
    description:
      "How the file was compressed, outermost first: gzip, zstd, br, deflate, zip, or several joined by +. null if it was not, and until the job has completed.",
  }),
  dialect: Job.fields.dialect.annotate({
    description: "How the file was read; null until the job has completed.",
  }),
  encoding: Job.fields.encoding.annotate({
    description:
      "The file's encoding, by its name in the WHATWG Encoding Standard; null until the job has completed.",
  }),
  repairs: Job.fields.repairs.annotate({
    description: "Number of repaired records, by kind of repair; null until the job has completed.",
  }),
  rejects: Job.fields.rejects.annotate({
    description:
      "Number of rejected records, by reason; null until the job has completed. /job_rejects returns the records.",
  }),
  error: Schema.NullOr(ErrorResource),
}).pipe(
  Schema.annotateEncoded({
    identifier: "Job",
    description: "One URL on its way to one table. Unknown values are null; times are ISO 8601 in UTC.",
    examples: [
      {
        jobId: exampleId,
        state: "completed",
        fileUrl: "http://localhost:8000/tripsdata.csv",
        table: "tripsdata_1589788983",
        createdAt: "2020-05-18T08:03:03.412Z",
        startedAt: "2020-05-18T08:03:03.655Z",
        finishedAt: "2020-05-18T08:03:03.701Z",
        attempt: 1,
        progress: {
          bytesReceived: 726,
          bytesTotal: 726,
          rowsLoaded: 9,
          rowsRejected: 1,
          resumes: 0,
          percent: 100,
          bytesPerSecond: 15782,
          etaSeconds: null,
        },
        columns: [
          { name: "hvfhs_license_num", header: "hvfhs_license_num", type: "text" },
          { name: "pickup_datetime", header: "pickup_datetime", type: "text" },
        ],
        compression: null,
        dialect: {
          delimiter: ",",
          quote: '"',
          escape: '"',
          comment: null,
          lineEnding: "lf",
          skipsBlanks: false,
          hasHeader: true,
          skippedLines: 0,
        },
        encoding: "utf-8",
        repairs: {},
        rejects: { ragged_record: 1 },
        error: null,
      },
    ],
  }),
)
