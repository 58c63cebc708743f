import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http"
import { invalidRequest } from "./InvalidInput.ts"

/** Whole strings, and the signs between which they stand. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/**
 * The names that an object holds more than once, in a text that is JSON. Its parser keeps the last value of each
 * without a word (RFC 8259 §4).
 */
export const repeatedNames = (text: string): ReadonlyArray<string> => {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  let depth = 0
  let latest = '""'
  for (const [found] of text.matchAll(token)) {
    if (found === "{" || found === "[") depth++
    else if (found === "}" || found === "]") depth--
    else if (found !== ":") latest = found
    else if (depth === 1) {
      const name = String(JSON.parse(latest))
      if (seen.has(name)) repeated.add(name)
      seen.add(name)
    }
  }
  return [...repeated]
}

/** Refuses a JSON body that gives a field twice, as its schema does with a form. */
export const refuseRepeatedFields = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (request.headers["content-type"]?.toLowerCase().includes("x-www-form-urlencoded")) return
  // The payload was decoded from it: it has been read, and is kept, so that reading it cannot fail any more.
  const repeated = repeatedNames(yield* Effect.orDie(request.text))
  if (repeated.length > 0)
    return yield* invalidRequest(
      repeated.map((field) => ({ in: "body", field, message: `${field} must be given once` })),
    )
})
