import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { IdempotencyKeyField } from "./IdempotencyKeyField.ts"
import { Authorization, InvalidInput } from "./Middleware.ts"
import { RejectsCsv, RejectsPage, RejectsQuery } from "./JobRejects.ts"
import { exampleId, JobIdField, JobResource } from "./JobResource.ts"
import { LoadBody } from "./LoadBody.ts"
import * as Problem from "./Problems.ts"

/** Marks a GET that changes something: it must not be answered to HEAD, which is safe by definition (RFC 9110 §9.2.1). */
export const ChangesState = Context.Reference<boolean>("sluice/Api/ChangesState", {
  defaultValue: () => false,
})

const Accepted = Schema.Struct({ jobId: JobIdField }).annotate({
  identifier: "AcceptedJob",
  description: "The job was created and waits for a worker.",
  examples: [{ jobId: exampleId }],
})

const AcceptedResponse = HttpApiSchema.WithHeaders(Accepted.pipe(HttpApiSchema.status(202)), {
  location: Schema.String.annotate({ description: "Where the job's status is: /job_status?jobId=…" }),
})

const ServiceUnavailable = Problem.withRetryAfter(Problem.ServiceUnavailable)

const optionalJobId = { jobId: Schema.optionalKey(JobIdField) }
const CancelRequest = Schema.Struct(optionalJobId)

const download = HttpApiEndpoint.post("download", "/download_file", {
  headers: { "idempotency-key": Schema.optionalKey(IdempotencyKeyField) },
  payload: [LoadBody.pipe(HttpApiSchema.asFormUrlEncoded()), LoadBody],
  success: AcceptedResponse,
  error: [
    Problem.TableNameTaken,
    Problem.IdempotencyKeyReused,
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
    ServiceUnavailable,
  ],
}).annotateMerge(
  OpenApi.annotations({
    identifier: "downloadFile",
    summary: "Load a CSV file into a new table",
    description:
      'Creates a job that downloads the file and loads it into a table of its own. Answers at once; the job\'s progress is at `Location`. Only fileUrl is needed: what is not said about the file is found out from it. A fileUrl that holds `&`, `+` or `%` must be percent-encoded in a form (`curl --data-urlencode "fileUrl=…"`).',
  }),
)

const status = HttpApiEndpoint.get("status", "/job_status", {
  query: { jobId: JobIdField },
  success: JobResource,
  error: [Problem.JobNotFound, ServiceUnavailable],
}).annotateMerge(
  OpenApi.annotations({
    identifier: "jobStatus",
    summary: "How a job is doing",
    description: "The job, with the progress its worker last reported.",
  }),
)

const rejects = HttpApiEndpoint.get("rejects", "/job_rejects", {
  query: RejectsQuery,
  success: [RejectsPage, RejectsCsv],
  error: [Problem.JobNotFound, ServiceUnavailable],
}).annotateMerge(
  OpenApi.annotations({
    identifier: "jobRejects",
    summary: "The records that a load set aside",
    description:
      "By their number in the file, a page at a time, as JSON or as CSV. They are stored with the table: a job that has not completed has none yet, one that failed or was cancelled never has any.",
  }),
)

const cancelDescription =
  "Ends a job that waits or runs: its download and its load stop within about a second and leave nothing behind. A job that was cancelled already is answered the same again."

const cancelByLink = HttpApiEndpoint.get("cancelByLink", "/job_cancel", {
  query: { jobId: JobIdField },
  success: JobResource,
  error: [Problem.JobNotFound, Problem.JobAlreadyFinished, ServiceUnavailable],
})
  .annotate(ChangesState, true)
  .annotateMerge(
    OpenApi.annotations({
      identifier: "cancelJobByLink",
      summary: "Cancel a job (GET)",
      description: cancelDescription,
    }),
  )

const cancel = HttpApiEndpoint.post("cancel", "/job_cancel", {
  query: optionalJobId,
  // Null stands for no body at all: the id is in the query then.
  payload: [CancelRequest.pipe(HttpApiSchema.asFormUrlEncoded()), CancelRequest, Schema.Null],
  success: JobResource,
  error: [
    Problem.JobNotFound,
    Problem.JobAlreadyFinished,
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
    ServiceUnavailable,
  ],
}).annotateMerge(
  OpenApi.annotations({
    identifier: "cancelJob",
    summary: "Cancel a job",
    description: `${cancelDescription} The jobId is given in the query or in the body.`,
    transform: (operation) => ({
      ...operation,
      requestBody: { ...operation["requestBody"], required: false },
    }),
  }),
)

/** Jobs: create, look at, cancel. */
export class JobsApi extends HttpApiGroup.make("jobs")
  .add(download, status, rejects, cancelByLink, cancel)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Jobs", description: "One URL to one table: create, look at, cancel." }),
  ) {}
