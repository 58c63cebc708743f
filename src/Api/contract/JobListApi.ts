import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { jobFilterFields } from "../../Domain/job/list/JobFilter.ts"
import { JobPlace } from "../../Domain/job/list/JobList.ts"
import { JobSummary, summaryMembers } from "../../Domain/job/list/JobSummary.ts"
import { exampleJob } from "./JobResource.ts"
import { Authorization, InvalidInput, RequiredScope } from "./Middleware.ts"
import { cursor, listQuery, nextPlace } from "./parameters/cursor.ts"
import { queryParameters } from "./parameters/queryParameters.ts"
import * as Problem from "./problems/Problems.ts"

const Cursor = cursor(Schema.fromJsonString(JobPlace))

const exampleSummary = Struct.pick(exampleJob, summaryMembers)

/** A job in a list. */
export const JobSummaryResource = JobSummary.pipe(
  Schema.annotateEncoded({
    identifier: "JobSummary",
    description:
      "The members of a job that are small and those that change while it runs. /job_status has all of them.",
    examples: [exampleSummary],
  }),
)

/** A page of the list of jobs. */
export const JobsPage = Schema.Struct({
  jobs: Schema.Array(JobSummaryResource),
  next: nextPlace(Cursor),
}).pipe(
  Schema.annotateEncoded({
    identifier: "JobsPage",
    description: "Jobs, newest first.",
    examples: [{ jobs: [exampleSummary], next: null }],
  }),
)

const JobsQuery = { ...jobFilterFields, ...listQuery("jobs", Cursor) }

/** The text of a place for a URL. */
export const encodePlace = Schema.encodeSync(Cursor)

const list = HttpApiEndpoint.get("list", "/jobs", {
  query: JobsQuery,
  success: HttpApiSchema.WithHeaders(JobsPage, {
    link: Schema.optionalKey(Schema.String).annotate({
      description: 'The next page, `<…>; rel="next"`; absent on the last page.',
    }),
  }),
  error: Problem.withRetryAfter(Problem.ServiceUnavailable),
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "listJobs",
      summary: "List the jobs",
      description:
        "The caller's jobs that match every given field, newest first, a page at a time. A key with the scope admin sees those of all keys. New jobs do not move the pages. With several filters, or with `target`, `text` or `state=created`, a page examines a limited number of jobs, and can have fewer than `limit`, even none, although `next` is not null.",
      transform: (operation) => ({ ...operation, parameters: queryParameters(JobsQuery) }),
    }),
  )

/** Find jobs. */
export class JobListApi extends HttpApiGroup.make("jobList")
  .add(list)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "List of jobs", description: "Find jobs." })) {}
