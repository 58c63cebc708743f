import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { NotFound, NotReady, withRetryAfter } from "./Problems.ts"

const live = HttpApiEndpoint.get("live", "/health/live", {
  success: Schema.Struct({ status: Schema.Literal("live") }),
}).annotateMerge(
  OpenApi.annotations({
    identifier: "healthLive",
    summary: "Whether the process runs",
    description: "Asks nothing else: a failing database is no reason to restart the process.",
  }),
)

const ready = HttpApiEndpoint.get("ready", "/health/ready", {
  success: Schema.Struct({
    status: Schema.Literal("ready"),
    checks: Schema.Record(Schema.String, Schema.Literal("ok")),
  }),
  error: withRetryAfter(NotReady),
}).annotateMerge(
  OpenApi.annotations({
    identifier: "healthReady",
    summary: "Whether requests can be served",
    description: "Asks the database and the queue; a 503 says in `checks` which of them does not answer.",
  }),
)

const metrics = HttpApiEndpoint.get("metrics", "/metrics", {
  success: Schema.String.pipe(
    HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" }),
  ),
}).annotateMerge(
  OpenApi.annotations({
    identifier: "metrics",
    summary: "Metrics for Prometheus",
    description: "The process's metrics in Prometheus' text format.",
  }),
)

const problem = HttpApiEndpoint.get("problem", "/problems/:code", {
  params: { code: Schema.String.annotate({ description: "The problem's `code`." }) },
  success: Schema.Struct({
    type: Schema.String,
    code: Schema.String,
    status: Schema.Int,
    title: Schema.String,
    meaning: Schema.String.annotate({ description: "What it means and what to do about it." }),
  }).annotate({ identifier: "ProblemDescription" }),
  error: NotFound,
}).annotateMerge(
  OpenApi.annotations({
    identifier: "describeProblem",
    summary: "What an error means",
    description: "The `type` of every problem this API answers with leads here.",
  }),
)

/** What operators and tools ask. */
export class SystemApi extends HttpApiGroup.make("system")
  .add(live, ready, metrics, problem)
  .annotateMerge(
    OpenApi.annotations({ title: "System", description: "Health, metrics, error reference." }),
  ) {}
