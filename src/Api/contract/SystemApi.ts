import * as Schema from "effect/Schema"
import { prometheusContentType } from "../../Domain/telemetry/prometheusText.ts"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { HealthSummary, recentMinutes } from "../../Domain/service/HealthSummary.ts"
import { Authorization, RequiredScope } from "./Middleware.ts"
import { ProblemDescription } from "./problems/ProblemDescription.ts"
import {
  HeadersTooLarge,
  NotFound,
  NotReady,
  ServiceUnavailable,
  withRetryAfter,
} from "./problems/Problems.ts"

const live = HttpApiEndpoint.get("live", "/health/live", {
  success: Schema.Struct({ status: Schema.Literal("live") }),
  error: HeadersTooLarge,
}).annotateMerge(
  OpenApi.annotations({
    identifier: "healthLive",
    summary: "Whether the process runs",
    description: "Does not check the database, because restarting the process would not help.",
  }),
)

const ready = HttpApiEndpoint.get("ready", "/health/ready", {
  success: Schema.Struct({
    status: Schema.Literal("ready"),
    checks: Schema.Record(Schema.String, Schema.Literal("ok")),
  }),
  error: [HeadersTooLarge, withRetryAfter(NotReady)],
}).annotateMerge(
  OpenApi.annotations({
    identifier: "healthReady",
    summary: "Whether requests can be served",
    description:
      "Checks the database and the queue. With 503, `checks` shows which of them does not respond.",
  }),
)

const metrics = HttpApiEndpoint.get("metrics", "/metrics", {
  success: Schema.String.pipe(HttpApiSchema.asText({ contentType: prometheusContentType })),
  error: HeadersTooLarge,
})
  .annotate(RequiredScope, "metrics")
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({
      identifier: "metrics",
      summary: "Metrics for Prometheus",
      description: "The metrics of this process in the text format of Prometheus.",
    }),
  )

const summary = HttpApiEndpoint.get("summary", "/health/summary", {
  success: HealthSummary.pipe(
    Schema.annotateEncoded({
      identifier: "HealthSummary",
      description: "The queue, the workers and recent results, over all callers.",
      examples: [
        {
          queue: { waiting: 0, waitingForHost: 4, waitingForTarget: 0, retrying: 0, active: 1, oldestAge: 0 },
          replicas: [
            { replica: 1, startedAt: "2020-05-18T08:00:00.000Z", slots: 8, used: 1, draining: false },
          ],
          targets: [{ target: "lake", available: true }],
          rowsPerSecond: 1_200_000,
          recent: { minutes: recentMinutes, completed: 12, failed: 1, cancelled: 0, rowsLoaded: 5_400_000 },
        },
      ],
    }),
  ),
  error: [HeadersTooLarge, withRetryAfter(ServiceUnavailable)],
})
  .annotate(RequiredScope, "metrics")
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({
      identifier: "healthSummary",
      summary: "The service at a glance",
      description: "Read at most once a second, however many clients ask.",
    }),
  )

const problem = HttpApiEndpoint.get("problem", "/problems/:code", {
  params: { code: Schema.String.annotate({ description: "A `code` of a problem or of a job's error." }) },
  success: ProblemDescription,
  error: NotFound,
}).annotateMerge(
  OpenApi.annotations({
    identifier: "describeProblem",
    summary: "What an error means",
    description:
      "The `type` of every problem is the path of its explanation. The codes of a job's `error` have one too.",
  }),
)

/** Health, metrics and the error reference, for operators and tools. */
export class SystemApi extends HttpApiGroup.make("system")
  .add(live, ready, summary, metrics, problem)
  .annotateMerge(
    OpenApi.annotations({ title: "System", description: "Health, metrics, error reference." }),
  ) {}
