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
    summary: "What a load would make of a file",
    description:
      "Takes what /download_file takes, reads at most the first two megabytes of the file, and creates nothing: how the file is written, its columns with the types they could have, its first 20 records, and what to look at. Answers within 15 seconds.",
  }),
)

/** A look at a file before it is loaded. */
export class PreviewApi extends HttpApiGroup.make("preview")
  .add(preview)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Preview", description: "A look at a file, without a job." }),
  ) {}
