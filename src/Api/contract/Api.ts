import { HttpApi, OpenApi } from "effect/http-api"
import { JobsApi } from "./JobsApi.ts"
import { completeDocument } from "./OpenApiDocument.ts"
import { PreviewApi } from "./PreviewApi.ts"
import { SystemApi } from "./SystemApi.ts"

const strict = { errors: "all", onExcessProperty: "error" } as const

/**
 * The HTTP contract, without its implementation: a typed client needs nothing else. Requests are read
 * strictly (unknown options are refused, all issues reported); answers may grow new members.
 */
export class Api extends HttpApi.make("sluice")
  .add(JobsApi, PreviewApi, SystemApi)
  .annotate(HttpApi.QueryParseOptions, strict)
  .annotate(HttpApi.PayloadParseOptions, strict)
  .annotateMerge(
    OpenApi.annotations({
      title: "Sluice",
      version: "1.0.0",
      description:
        "CSV URLs in, Postgres tables out. Every error is a problem (RFC 9457, application/problem+json) with a stable `code`, and its `type` leads to an explanation.",
      transform: completeDocument,
    }),
  ) {}
