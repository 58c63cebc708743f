import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { explain } from "../Api/http/input/RequestIssues.ts"
import { givenOptions } from "./loadFlags.ts"
import { explainFailure } from "./server/explainFailure.ts"

/** Options as they were written, by their names in the API. */
export type GivenOptions = Parameters<typeof givenOptions>[0]

/** A part of a request, checked with the API's own rules before anything is sent. */
export const checked = <A>(schema: Schema.Codec<A, unknown>, part: "body" | "query", options: GivenOptions) =>
  Schema.decodeEffect(schema)(givenOptions(options), { errors: "all", onExcessProperty: "error" }).pipe(
    Effect.mapError((error) => explainFailure("")(explain(error, part, []))),
  )
