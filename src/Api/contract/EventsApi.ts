import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { changeFilterFields } from "../../Domain/job/list/JobFilter.ts"
import { JobSummaryResource } from "./JobListApi.ts"
import { JobIdField, JobResource } from "./JobResource.ts"
import { Authorization, InvalidInput, RequiredScope } from "./Middleware.ts"
import { otherParameters, queryParameters } from "./parameters/queryParameters.ts"
import * as Problem from "./problems/Problems.ts"

const eventOf = <S extends Schema.Constraint>(event: string, data: S) =>
  Schema.Struct({
    id: Schema.optional(Schema.String),
    event: Schema.Literal(event),
    data: Schema.fromJsonString(data),
  })

const ServiceUnavailable = Problem.withRetryAfter(Problem.ServiceUnavailable)

const lastEventId = (description: string) => ({
  "last-event-id": Schema.optionalKey(Schema.String.annotate({ description })),
})

const job = HttpApiEndpoint.get("job", "/job_events", {
  query: { jobId: JobIdField },
  headers: lastEventId("The id of the last event that the client has, which is not sent again."),
  success: [HttpApiSchema.StreamSse({ events: eventOf("job", JobResource) }), HttpApiSchema.NoContent],
  error: [Problem.JobNotFound, ServiceUnavailable],
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "jobEvents",
      summary: "Follow a job",
      description:
        "Server-sent events: the job as it is now, and again after each change, with its progress about once a second. The stream ends with the job. 204, after which a browser does not ask again, if the client has the last event already.",
    }),
  )

const ReloadEvent = Schema.Struct({
  id: Schema.optional(Schema.String),
  event: Schema.Literal("reload"),
  data: Schema.String,
})

const all = HttpApiEndpoint.get("all", "/events", {
  query: changeFilterFields,
  headers: lastEventId(
    "The id of the last event that the client has: the stream begins with all jobs that may have changed since.",
  ),
  success: HttpApiSchema.StreamSse({
    events: Schema.Union([eventOf("job", JobSummaryResource), ReloadEvent]),
  }),
  error: ServiceUnavailable,
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "allEvents",
      summary: "Follow all jobs",
      description:
        "Server-sent events: a summary of each of the caller's jobs that match every given field when it is created and after each change, running ones with their progress about once a second. A job that leaves the given `state`, or may have left it before the stream began, is sent once more. A key with the scope admin gets those of all keys. The event `reload` means that more has changed than is sent: read /jobs again.",
      transform: (operation) => ({
        ...operation,
        parameters: [...queryParameters(changeFilterFields), ...otherParameters(operation)],
      }),
    }),
  )

/** Changes of jobs, as they happen. */
export class EventsApi extends HttpApiGroup.make("events")
  .add(job, all)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Events", description: "Changes of jobs, as they happen." })) {}
