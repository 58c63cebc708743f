import * as Schema from "effect/Schema"
import { prometheusContentType } from "../../Domain/telemetry/prometheusText.ts"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authorization, RequiredScope } from "./Middleware.ts"
import { ProblemDescription } from "./problems/ProblemDescription.ts"
import { HeadersTooLarge, NotFound, NotReady, withRetryAfter } from "./problems/Problems.ts"

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
  .add(live, ready, metrics, problem)
  .annotateMerge(
    OpenApi.annotations({ title: "System", description: "Health, metrics, error reference." }),
  ) {}
