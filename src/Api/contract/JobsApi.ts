import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authorization, ChangesState, InvalidInput, RequiredScope } from "./Middleware.ts"
import { KeptCsv, RejectsPage, RejectsQuery, SkippedPage } from "./JobRejects.ts"
import { IdempotencyKeyField } from "./parameters/IdempotencyKeyField.ts"
import { exampleId, JobIdField, jobLocation, JobResource } from "./JobResource.ts"
import { LoadBody } from "./LoadBody.ts"
import * as Problem from "./problems/Problems.ts"
import { queryParameters } from "./parameters/queryParameters.ts"

/** The response to a request that has created a job. */
const Accepted = Schema.Struct({ jobId: JobIdField }).annotate({
  identifier: "AcceptedJob",
  description: "The job was created and waits for a worker.",
  examples: [{ jobId: exampleId }],
})

export const AcceptedResponse = HttpApiSchema.WithHeaders(
  Accepted.pipe(HttpApiSchema.status(202)),
  jobLocation,
)

const ServiceUnavailable = Problem.withRetryAfter(Problem.ServiceUnavailable)

const optionalJobId = { jobId: Schema.optionalKey(JobIdField) }
const CancelRequest = Schema.Struct(optionalJobId)

const download = HttpApiEndpoint.post("download", "/download_file", {
  headers: { "idempotency-key": Schema.optionalKey(IdempotencyKeyField) },
  payload: [LoadBody, LoadBody.pipe(HttpApiSchema.asFormUrlEncoded())],
  success: AcceptedResponse,
  error: [
    Problem.TableNameTaken,
    Problem.IdempotencyKeyReused,
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
    ServiceUnavailable,
  ],
})
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "submit")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "downloadFile",
      summary: "Load a CSV file into a new table",
      description:
        'Creates a job that downloads the file and loads it into a new table. Returns at once; `Location` is the URL of the job\'s status. Only fileUrl is required; the format of the file is detected. In a form, a fileUrl that contains `&`, `+` or `%` must be percent-encoded (`curl --data-urlencode "fileUrl=…"`).',
    }),
  )

/** Below the time after which proxies and clients usually give up on a silent response. */
const maxWait = 60

const StatusQuery = {
  jobId: JobIdField,
  wait: Schema.optionalKey(
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: maxWait })).annotate({
      mustBe: `given once, as a number of seconds from 0 to ${maxWait}`,
      description:
        "Hold the response until the job's state or attempt changes, at most for this many seconds. A job in a final state is returned at once. If omitted: 0.",
    }),
  ),
}

const status = HttpApiEndpoint.get("status", "/job_status", {
  query: StatusQuery,
  success: JobResource,
  error: [Problem.JobNotFound, ServiceUnavailable],
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "jobStatus",
      summary: "Get a job",
      description:
        "The job, with the progress its worker last reported. With `wait`, a client that repeats the request follows the job without asking in vain.",
      transform: (operation) => ({ ...operation, parameters: queryParameters(StatusQuery) }),
    }),
  )

const rejects = HttpApiEndpoint.get("rejects", "/job_rejects", {
  query: RejectsQuery,
  success: [RejectsPage, SkippedPage, KeptCsv],
  error: [Problem.JobNotFound, Problem.NoRejectsAsSource, ServiceUnavailable],
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "jobRejects",
      summary: "Get the rejected records or the skipped lines of a job",
      description:
        "In the order of the file, a page at a time, as JSON or as CSV. They are stored with the table: a job that has not completed has none yet, one that failed or was cancelled never has any.",
      transform: (operation) => ({ ...operation, parameters: queryParameters(RejectsQuery) }),
    }),
  )

const cancelDescription =
  "Cancels a job that waits or runs. Its download and load stop within about a second, and no table remains. Cancelling a cancelled job returns the same response again."

const cancelByLink = HttpApiEndpoint.get("cancelByLink", "/job_cancel", {
  query: { jobId: JobIdField },
  success: JobResource,
  error: [Problem.JobNotFound, Problem.JobAlreadyFinished, ServiceUnavailable],
})
  .annotate(RequiredScope, "cancel")
  .annotate(ChangesState, "cancel")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "cancelJobByLink",
      summary: "Cancel a job (GET)",
      description: cancelDescription,
    }),
  )

const cancel = HttpApiEndpoint.post("cancel", "/job_cancel", {
  query: optionalJobId,
  // Null: no body, because the id is in the query.
  payload: [CancelRequest, CancelRequest.pipe(HttpApiSchema.asFormUrlEncoded()), Schema.Null],
  success: JobResource,
  error: [
    Problem.JobNotFound,
    Problem.JobAlreadyFinished,
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
    ServiceUnavailable,
  ],
})
  .annotate(RequiredScope, "cancel")
  .annotate(ChangesState, "cancel")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "cancelJob",
      summary: "Cancel a job",
      description: `${cancelDescription} Give the jobId in the query or in the body.`,
      transform: (operation) => ({
        ...operation,
        requestBody: { ...operation["requestBody"], required: false },
      }),
    }),
  )

/** Create, follow and cancel jobs. */
export class JobsApi extends HttpApiGroup.make("jobs")
  .add(download, status, rejects, cancelByLink, cancel)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Jobs", description: "A job loads one URL into one table." }),
  ) {}
