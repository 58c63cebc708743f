import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { LoadBody } from "../Api/contract/LoadBody.ts"
import { explain } from "../Api/http/input/RequestIssues.ts"
import { explainFailure } from "./server/explainFailure.ts"
import { givenOptions } from "./loadFlags.ts"

/** The body of a request for this URL, checked with the API's own rules before anything is sent. */
export const loadBody = (url: string, options: Parameters<typeof givenOptions>[0]) =>
  Schema.decodeEffect(LoadBody)(
    { fileUrl: url, ...givenOptions(options) },
    { errors: "all", onExcessProperty: "error" },
  ).pipe(Effect.mapError((error) => explainFailure("")(explain(error, "body"))))
