import * as Schema from "effect/Schema"
import { HttpApiSchema } from "effect/http-api"
import { Job } from "../../Domain/job/Job.ts"
import { KeptReject } from "../../Domain/load/Reject.ts"
import { KeptLine, maxKeptLines } from "../../Domain/load/SkippedLine.ts"
import { exampleId, JobIdField } from "./JobResource.ts"
import { nextPlace } from "./parameters/cursor.ts"

/** Most rejects or skipped lines on a page of JSON. */
export const maxPageSize = 1000

/** Rejects or skipped lines on a page of JSON if `limit` is omitted. */
export const defaultPageSize = 100

/** The query of `GET /job_rejects`. */
export const RejectsQuery = {
  jobId: JobIdField,
  kind: Schema.optionalKey(
    Schema.Literals(["rejects", "skipped"]).annotate({
      mustBe: "given once, as rejects or skipped",
      description:
        "`rejects` (the default): the records that could not be loaded. `skipped`: the lines that are neither records nor the header, except blank lines.",
    }),
  ),
  format: Schema.optionalKey(
    Schema.Literals(["json", "csv", "source"]).annotate({
      mustBe: "given once, as json, csv or source",
      description:
        "`source`: all rejected records as they are in the file, below its header and with its delimiter and quotes, in UTF-8: to be corrected and loaded again. Takes neither `limit` nor `safe`. If omitted, the Accept header decides: CSV if it prefers text/csv, otherwise JSON.",
    }),
  ),
  safe: Schema.optionalKey(
    Schema.Literals(["true", "false"]).annotate({
      mustBe: "given once, as true or false",
      description:
        "With `true`, a text of the CSV that a spreadsheet would take for a formula (it begins with =, +, -, @, a tab or a line ending) gets `'` before it.",
    }),
  ),
  file: Schema.optionalKey(
    Schema.Natural.annotate({
      mustBe: "given once, as the number of a file in the job's fileUrls, from 1",
      description:
        "For format=source of a job with several files, the number of the file: each has its own header and format.",
    }),
  ),
  after: Schema.optionalKey(
    Schema.Natural.annotate({
      mustBe: "given once, as a whole number: the `next` of the previous page",
      description:
        "Continue after this record, or this line of kind=skipped, over all files of the job: the `next` of the previous page.",
    }),
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxPageSize })).annotate({
      mustBe: `given once, as a whole number from 1 to ${maxPageSize}`,
      description: `Most records or lines to return. If omitted: ${defaultPageSize} in JSON, all in CSV. A page of JSON ends early when it has about 1 MiB.`,
    }),
  ),
}

/** A page of rejected records in JSON. */
export const RejectsPage = Schema.Struct({
  jobId: JobIdField,
  state: Job.fields.state.annotate({
    description: "The job's state. Rejected records are stored when the job completes.",
  }),
  rejects: Schema.Array(KeptReject),
  next: nextPlace(Schema.Natural),
}).annotate({
  identifier: "RejectsPage",
  description: "Rejected records in the order of the file.",
  examples: [
    {
      jobId: exampleId,
      state: "completed",
      rejects: [
        {
          record: 7,
          line: 8,
          column: null,
          byteOffset: 512,
          reason: "ragged_record",
          message: "The record on line 8 has 2 fields, expected 3 as in the header.",
          raw: "B02764,2020-05-18",
          rawBytes: 17,
          fileUrl: null,
        },
      ],
      next: null,
    },
  ],
})

/** A page of skipped lines in JSON. */
export const SkippedPage = Schema.Struct({
  jobId: JobIdField,
  state: Job.fields.state.annotate({
    description: "The job's state. Skipped lines are stored when the job completes.",
  }),
  skipped: Schema.Array(KeptLine),
  total: Schema.Natural.annotate({ description: "Number of skipped lines in the file, except blank lines." }),
  kept: Schema.Natural.annotate({
    description: `How many of them are kept: at most the first ${maxKeptLines} of the file, and no more than MAX_REJECTS_KEPT allows. The others are only counted.`,
  }),
  next: nextPlace(Schema.Natural),
}).annotate({
  identifier: "SkippedPage",
  description: "Skipped lines in the order of the file.",
  examples: [
    {
      jobId: exampleId,
      state: "completed",
      skipped: [
        { kind: "comment", line: 1, byteOffset: 0, raw: "# exported by hand", rawBytes: 18, fileUrl: null },
      ],
      total: 1,
      kept: 1,
      next: null,
    },
  ],
})

/**
 * Rejected records or skipped lines in CSV, a header row first. Without `safe=true`, a field may begin with a character that
 * a spreadsheet takes for a formula, so the file is sent as a download, not to be opened in a browser.
 */
export const KeptCsv = HttpApiSchema.WithHeaders(
  HttpApiSchema.StreamUint8Array({ contentType: "text/csv; charset=utf-8; header=present" }),
  {
    "content-disposition": Schema.String,
    "x-records-left-out": Schema.optionalKey(Schema.String).annotate({
      description:
        "With format=source: how many rejected records are left out, because they are longer than 8 KiB, or more than MAX_REJECTS_KEPT allows.",
    }),
    link: Schema.optionalKey(Schema.String).annotate({
      description: 'The next page, `<…>; rel="next"`, when `limit` left some out.',
    }),
  },
)
