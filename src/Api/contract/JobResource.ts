import * as Schema from "effect/Schema"
import { Job, JobId } from "../../Domain/job/Job.ts"
import { SourceId } from "../../Domain/job/SourceId.ts"

export const exampleId = JobId.make("0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e")

export const exampleSourceId = SourceId.make("0198f2a1-0b7e-4c35-8d4e-9d0e6f2a7c11")

/** A job's id in a request. */
export const JobIdField = Schema.String.check(
  Schema.isUUID(undefined, {
    message: `jobId is not a UUID such as ${exampleId}: use the one that POST /download_file returned`,
  }),
)
  .pipe(Schema.brand("JobId"))
  .annotate({ description: "Id of the job, from POST /download_file.", examples: [exampleId] })

/** The headers of a response with a job that the request has created. */
export const jobLocation = {
  location: Schema.String.annotate({ description: "URL of the job's status: /job_status?jobId=…" }),
}

/** A job as it is encoded. */
export const exampleJob: typeof Job.Encoded = {
  jobId: exampleId,
  state: "completed",
  fileUrl: "http://localhost:8000/tripsdata.csv",
  fileUrls: ["http://localhost:8000/tripsdata.csv"],
  requestedUrl: null,
  target: "default",
  schema: "public",
  table: "tripsdata_1589788983",
  mode: "create",
  options: { nullValues: ["NA"] },
  waitsFor: null,
  waiting: null,
  sourceId: null,
  unchanged: false,
  createdAt: "2020-05-18T08:03:03.412Z",
  startedAt: "2020-05-18T08:03:03.655Z",
  finishedAt: "2020-05-18T08:03:03.701Z",
  attempt: 1,
  maxAttempts: 5,
  nextAttemptAt: null,
  progress: {
    bytesReceived: 726,
    bytesTotal: 726,
    rowsLoaded: 9,
    rowsRejected: 1,
    file: null,
    resumes: 0,
    percent: 100,
    bytesPerSecond: 15782,
    etaSeconds: null,
  },
  attempts: [
    {
      attempt: 1,
      replica: 3,
      startedAt: "2020-05-18T08:03:03.655Z",
      endedAt: "2020-05-18T08:03:03.701Z",
      outcome: "completed",
      error: null,
      phases: [
        { phase: "waiting", seconds: 0.243 },
        { phase: "opening", seconds: 0.012 },
        { phase: "detecting", seconds: 0.009 },
        { phase: "loading", seconds: 0.021 },
      ],
    },
  ],
  throughput: [{ elapsedSeconds: 0.042, bytesReceived: 726, rowsLoaded: 9 }],
  columns: [
    { name: "hvfhs_license_num", header: "hvfhs_license_num", type: "text" },
    { name: "pickup_datetime", header: "pickup_datetime", type: "text" },
  ],
  changes: { inserted: 9, updated: 0, unchanged: 0, deleted: 0, duplicates: 0, suppressed: 0 },
  schemaChanges: { created: true, added: [], missing: [], ignored: [] },
  files: null,
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
  encodingGuess: null,
  repairs: {},
  rejects: { ragged_record: 1 },
  skipped: {},
  lines: { total: 11, header: 1, rows: 9, rejects: 1 },
  rewrites: 0,
  almostTyped: [],
  warnings: [],
  error: null,
  callback: null,
}

/** A job in a response. */
export const JobResource = Job.pipe(
  Schema.annotateEncoded({
    identifier: "Job",
    description: "One URL on its way to one table. Unknown values are null; times are ISO 8601 in UTC.",
    examples: [exampleJob],
  }),
)
