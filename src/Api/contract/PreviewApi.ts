import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authorization, InvalidInput } from "./Middleware.ts"
import { LoadBody } from "./LoadBody.ts"
import { PreviewResource } from "./PreviewResource.ts"
import * as Problem from "./Problems.ts"

const preview = HttpApiEndpoint.post("preview", "/preview", {
  payload: [LoadBody.pipe(HttpApiSchema.asFormUrlEncoded()), LoadBody],
  success: PreviewResource,
  error: [
    Problem.FileNotLoadable,
    Problem.withRetryAfter(Problem.TooManyPreviews),
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
  ],
}).annotateMerge(
  OpenApi.annotations({
    identifier: "preview",
    summary: "Show how a file would be read",
    description:
      "Takes the same body as /download_file, reads at most the first two megabytes of the file and creates nothing. Returns the detected format, the columns with suggested types, the first 20 records, and warnings. Responds within 15 seconds.",
  }),
)

/** Look at a file before loading it. */
export class PreviewApi extends HttpApiGroup.make("preview")
  .add(preview)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Preview", description: "Look at a file before loading it." }),
  ) {}
