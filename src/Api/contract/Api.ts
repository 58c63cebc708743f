import packageJson from "../../../package.json" with { type: "json" }
import { HttpApi, OpenApi } from "effect/http-api"
import { EventsApi } from "./EventsApi.ts"
import { JobListApi } from "./JobListApi.ts"
import { JobsApi } from "./JobsApi.ts"
import { exampleUrl } from "./LoadBody.ts"
import { completeDocument } from "./OpenApiDocument.ts"
import { PreviewApi } from "./PreviewApi.ts"
import { scopedOperations } from "./scopedOperations.ts"
import { SourcesApi } from "./SourcesApi.ts"
import { SystemApi } from "./SystemApi.ts"
import { TablesApi } from "./TablesApi.ts"
import { UploadApi } from "./UploadApi.ts"

const description = `CSV URLs in, Postgres tables out.

## Quickstart

\`\`\`sh
JOB=$(curl -s -d fileUrl=${exampleUrl} localhost:3000/download_file | grep -o '[0-9a-f-]\\{36\\}')
curl "localhost:3000/job_status?jobId=$JOB"
curl "localhost:3000/job_cancel?jobId=$JOB"
\`\`\`

The first line creates a job, the second one shows its progress and its table, and the third one cancels it while it runs.
A preview shows how a file would be read: \`curl -d fileUrl=… localhost:3000/preview\`. Only \`fileUrl\` is required;
options are obeyed, and everything else is detected from the file.

## Errors

Every error is a problem (RFC 9457, \`application/problem+json\`) with a stable \`code\`. Its \`type\` is the path of an
explanation, \`/problems/<code>\`, which exists for the error codes of jobs too.`

const endpoints = HttpApi.make("sluice").add(
  JobsApi,
  JobListApi,
  EventsApi,
  UploadApi,
  PreviewApi,
  TablesApi,
  SourcesApi,
  SystemApi,
)

const strict = { errors: "all", onExcessProperty: "error" } as const

/**
 * The HTTP contract without its implementation, for the server and for typed clients. Requests are read strictly:
 * unknown options are refused, and all issues are reported. Responses may get new members.
 */
export class Api extends endpoints
  .annotate(HttpApi.QueryParseOptions, strict)
  .annotate(HttpApi.PayloadParseOptions, strict)
  .annotateMerge(
    OpenApi.annotations({
      title: "Sluice",
      version: packageJson.version,
      description,
      transform: (generated) => completeDocument(generated, scopedOperations(endpoints)),
    }),
  ) {}
