import * as Schema from "effect/Schema"
import { TypedColumn } from "../../Domain/load/Column.ts"
import { Job, JobError, type JobId } from "../../Domain/job/Job.ts"
import { Progress } from "../../Domain/job/Progress.ts"

const exampleId = "0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e" as JobId

/** The id of a job as a request names it; says so in plain words when it is none. */
export const JobIdField = Schema.String.check(
  Schema.isUUID(undefined, {
    message: `jobId is not a UUID such as ${exampleId}: use the one POST /download_file answered with`,
  }),
)
  .pipe(Schema.brand("JobId"))
  .annotate({ description: "Id of the job, from POST /download_file.", examples: [exampleId] })

const ProgressResource = Schema.Struct({
  bytesReceived: Progress.fields.bytesReceived.annotate({
    description: "Bytes of the file received so far, as the source sent them.",
  }),
  bytesTotal: Progress.fields.bytesTotal.annotate({
    description: "Size of the file in bytes when the source declares it.",
  }),
  rowsLoaded: Progress.fields.rowsLoaded.annotate({
    description: "Rows handed to the table; visible, all of them, once the job has completed.",
  }),
  rowsRejected: Progress.fields.rowsRejected.annotate({
    description: "Records that could not be loaded.",
  }),
  resumes: Progress.fields.resumes.annotate({
    description: "How often the latest attempt's download broke off and was taken up again where it had.",
  }),
  percent: Progress.fields.percent.annotate({
    description: "0 to 100, of the bytes; null while the size is unknown.",
  }),
  bytesPerSecond: Progress.fields.bytesPerSecond.annotate({
    description: "Mean speed of the latest attempt.",
  }),
  etaSeconds: Progress.fields.etaSeconds.annotate({ description: "Seconds left at that speed." }),
}).annotate({ identifier: "Progress", description: "Renewed about once a second while the job runs." })

const ColumnResource = Schema.Struct({
  name: TypedColumn.fields.name.annotate({ description: "The column's name in Postgres." }),
  header: TypedColumn.fields.header.annotate({ description: "The header cell as it stood in the file." }),
  type: TypedColumn.fields.type.annotate({
    description: "The column's type in Postgres: text, unless the load was to infer it.",
  }),
}).annotate({ identifier: "Column" })

const ErrorResource = Schema.Struct({
  code: JobError.fields.code.annotate({ description: "Stable code for programs." }),
  message: JobError.fields.message.annotate({ description: "What went wrong, for people." }),
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
  description: "Why the latest attempt failed and where in the file; unknown parts are null.",
})

/** `Job` of the domain, field for field, with what the API's reader needs to know about each. */
export const JobResource = Schema.Struct({
  jobId: Job.fields.jobId.annotate({ description: "Id of the job." }),
  state: Job.fields.state.annotate({
    description:
      "created: waits for its first attempt. active: being loaded. retry: an attempt failed or was given back, another follows. completed, cancelled, failed: final.",
  }),
  fileUrl: Job.fields.fileUrl.annotate({ description: "The URL as given; secrets in it show as ***." }),
  table: Job.fields.table.annotate({
    description: "Name of the table, in the service's target schema; it exists once the job has completed.",
  }),
  createdAt: Job.fields.createdAt.annotate({ description: "When the job was created." }),
  startedAt: Job.fields.startedAt.annotate({ description: "When its first attempt started." }),
  finishedAt: Job.fields.finishedAt.annotate({ description: "When the job reached its final state." }),
  attempt: Job.fields.attempt.annotate({ description: "Number of the latest attempt, from 1." }),
  progress: ProgressResource,
  columns: Schema.NullOr(Schema.Array(ColumnResource)).annotate({
    description: "The table's columns, in order; null until the job has completed.",
  }),
  compression: Job.fields.compression.annotate({
    description:
      "How the file was compressed, the outermost first: gzip, zstd, br, deflate, zip, or several joined by +. null when it was not, and until the job has completed.",
  }),
  dialect: Job.fields.dialect.annotate({
    description: "How the file is written, as it was read; null until the job has completed.",
  }),
  encoding: Job.fields.encoding.annotate({
    description:
      "The file's encoding, by its name in the WHATWG Encoding Standard; null until the job has completed.",
  }),
  repairs: Job.fields.repairs.annotate({
    description:
      "Records that were mended to become rows, by what was done; null until the job has completed.",
  }),
  rejects: Job.fields.rejects.annotate({
    description:
      "Records that were set aside, by reason; /job_rejects shows them. null until the job has completed.",
  }),
  error: Schema.NullOr(ErrorResource),
}).annotate({
  identifier: "Job",
  description: "One URL on its way to one table. What is not known is null; times are ISO 8601, UTC.",
})
