import packageJson from "../../../package.json" with { type: "json" }
import { HttpApi, OpenApi } from "effect/http-api"
import { JobsApi } from "./JobsApi.ts"
import { completeDocument } from "./OpenApiDocument.ts"
import { PreviewApi } from "./PreviewApi.ts"
import { SystemApi } from "./SystemApi.ts"

const strict = { errors: "all", onExcessProperty: "error" } as const

/**
 * The HTTP contract without its implementation, for the server and for typed clients. Requests are read strictly:
 * unknown options are refused, and all issues are reported. Responses may get new members.
 */
export class Api extends HttpApi.make("sluice")
  .add(JobsApi, PreviewApi, SystemApi)
  .annotate(HttpApi.QueryParseOptions, strict)
  .annotate(HttpApi.PayloadParseOptions, strict)
  .annotateMerge(
    OpenApi.annotations({
      title: "Sluice",
      version: packageJson.version,
      description:
        "CSV URLs in, Postgres tables out. Every error is a problem (RFC 9457, application/problem+json) with a stable `code`. Its `type` is the path of an explanation.",
      transform: completeDocument,
    }),
  ) {}
