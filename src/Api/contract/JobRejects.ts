import * as Schema from "effect/Schema"
import { HttpApiSchema } from "effect/http-api"
import { Job } from "../../Domain/job/Job.ts"
import { Reject } from "../../Domain/load/Reject.ts"
import { exampleId, JobIdField } from "./JobResource.ts"

const most = 1000

/** How many rejected records are shown when it is not said. */
const usual = 100

/** What `GET /job_rejects` is asked with. */
export const RejectsQuery = {
  jobId: JobIdField,
  format: Schema.optionalKey(
    Schema.Literals(["json", "csv"]).annotate({
      mustBe: "given once, as json or csv",
      description: "Left out, the header Accept decides: CSV when it prefers text/csv, else JSON.",
    }),
  ),
  after: Schema.optionalKey(
    Schema.Natural.annotate({
      mustBe: "given once, as a whole number: the `next` of the page before",
      description: "Number of the record behind which to go on: the `next` of the page before.",
    }),
  ),
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: most })).annotate({
      mustBe: `given once, as a whole number from 1 to ${most}`,
      description: `Most records to return. Left out: ${usual} in JSON, all in CSV.`,
    }),
  ),
}

/** The part of a job's rejected records that is asked for. */
export const pageOf = (query: { readonly after?: number; readonly limit?: number }) => ({
  after: query.after ?? 0,
  limit: query.limit ?? usual,
})

/** A rejected record, with what the API's reader needs to know about it. */
export const RejectResource = Schema.Struct({
  record: Reject.fields.record.annotate({ description: "Number of the record in the file, from 1." }),
  line: Reject.fields.line.annotate({ description: "Line of the trouble, from 1." }),
  column: Reject.fields.column.annotate({
    description: "CSV column of the trouble, from 1; null when it is the record as a whole.",
  }),
  byteOffset: Reject.fields.byteOffset.annotate({
    description: "Bytes from the start of the decoded file to the trouble.",
  }),
  reason: Reject.fields.reason.annotate({ description: "Stable code, as in a job's `rejects`." }),
  message: Reject.fields.message.annotate({ description: "What is wrong, for people." }),
  raw: Reject.fields.raw.annotate({
    description: "The record's text, its first 8 KiB; bytes that text cannot hold are written \\xNN.",
  }),
  rawBytes: Reject.fields.rawBytes.annotate({ description: "Length of the whole record in bytes." }),
}).annotate({ identifier: "Reject", description: "A record that was set aside." })

/** A page of rejected records in JSON. */
export const RejectsPage = Schema.Struct({
  jobId: JobIdField,
  state: Job.fields.state.annotate({
    description: "The job's state: rejected records are stored when it completes, and only then.",
  }),
  rejects: Schema.Array(RejectResource),
  next: Schema.NullOr(Schema.Natural).annotate({
    description: "What to give as `after` to go on; null on the last page.",
  }),
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
          message: "The record has 2 fields where the header has 3.",
          raw: "B02764,2020-05-18",
          rawBytes: 17,
        },
      ],
      next: null,
    },
  ],
})

/**
 * Rejected records in CSV, a header row first. A field may begin with a character that a spreadsheet takes for a formula,
 * so the file is sent as a download, not to be opened in a browser.
 */
export const RejectsCsv = HttpApiSchema.WithHeaders(
  HttpApiSchema.StreamUint8Array({ contentType: "text/csv; charset=utf-8; header=present" }),
  {
    "content-disposition": Schema.String,
    link: Schema.optionalKey(Schema.String).annotate({
      description: 'The next page, `<…>; rel="next"`, when `limit` left records out.',
    }),
  },
)

/** Quality that an Accept header gives to a media type (RFC 9110 §12.5.1), with no heed to wildcards. */
const qualityOf = (accept: string, type: string): number => {
  for (const range of accept.toLowerCase().split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim())
    if (name !== type) continue
    const quality = parameters.find((parameter) => parameter.startsWith("q="))
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0
  }
  return 0
}

/** Whether whoever asks wants CSV rather than JSON. */
export const prefersCsv = (accept: string | undefined): boolean =>
  accept !== undefined && qualityOf(accept, "text/csv") > qualityOf(accept, "application/json")
