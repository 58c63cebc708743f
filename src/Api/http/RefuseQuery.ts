import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http"
import { invalidRequest, unknownOption } from "./InvalidInput.ts"

/** A field that stands in the query of a call which takes it in the body would be lost without a word. */
export const refuseQuery = Effect.gen(function* () {
  const [name] = Object.keys(yield* HttpServerRequest.ParsedSearchParams)
  if (name === undefined) return
  return yield* invalidRequest([
    {
      in: "query",
      field: name,
      message: unknownOption(name, " in the query: send the fields in the body"),
    },
  ])
})
