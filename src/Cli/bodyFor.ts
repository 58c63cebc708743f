import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { explain } from "../Api/http/input/RequestIssues.ts"
import { givenOptions } from "./loadFlags.ts"
import { explainFailure } from "./server/explainFailure.ts"

/** The body of a request about this URL, checked with the API's own rules before anything is sent. */
export const bodyFor = <A>(
  body: Schema.Codec<A, unknown>,
  fileUrl: string,
  options: Parameters<typeof givenOptions>[0],
) =>
  Schema.decodeEffect(body)(
    { fileUrl, ...givenOptions(options) },
    { errors: "all", onExcessProperty: "error" },
  ).pipe(Effect.mapError((error) => explainFailure("")(explain(error, "body"))))
