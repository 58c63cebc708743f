import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Headers, HttpMethod, HttpServerRequest } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { Targets } from "../../../Domain/load/columns/target/Targets.ts"
import { invalidJson } from "../../../Domain/load/options/invalidJson.ts"
import { InvalidInput, StreamsBody } from "../../contract/Middleware.ts"
import type { RequestIssue } from "../../contract/problems/Problems.ts"
import { repeatedNames } from "./repeatedNames.ts"
import { unreadableText } from "./unreadableText.ts"
import { explain, invalidBody, invalidRequest, unexpectedQuery } from "./RequestIssues.ts"

const openingBrace = 0x7b

/** A query that the endpoint does not read would be ignored. */
const refuseQuery = Effect.gen(function* () {
  const [name] = Object.keys(yield* HttpServerRequest.ParsedSearchParams)
  if (name !== undefined) return yield* unexpectedQuery(name)
})

/** Refuses a JSON body that is invalid, or has a field twice. In a form, the schema does that. */
const refuseInvalidJson = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (request.headers["content-type"]?.toLowerCase().includes("json") === false) return
  // A body that cannot be read is left to the decoder, which reports why. The request keeps the text for it.
  const text = yield* Effect.orElseSucceed(request.text, () => "")
  if (text.trim() === "") return
  const invalid = invalidJson(text)
  if (invalid !== undefined) return yield* invalidBody(invalid)
  const repeated = repeatedNames(text)
  if (repeated.length > 0)
    return yield* invalidRequest(
      repeated.map((field) => ({ in: "body", field, message: `${field} must be given once` })),
    )
})

const isForm = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  /^application\/x-www-form-urlencoded/i.test(headers["content-type"] ?? "")

/** Refuses a body that would be changed by reading it. */
const refuseUnreadable = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  // A body that cannot be read is left to the decoder, which reports why.
  const bytes = new Uint8Array(yield* Effect.orElseSucceed(request.arrayBuffer, () => new ArrayBuffer()))
  const issues = unreadableText(bytes, !isForm(request) || bytes[0] === openingBrace)
  if (issues.length > 0) return yield* invalidRequest(issues)
})

/**
 * The request with the content type that its body has. `curl -d` labels JSON as a form, but no form of this API starts
 * with a brace.
 */
const withContentType = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (!isForm(request)) return request
  const text = yield* Effect.orElseSucceed(request.text, () => "")
  if (!/^\s*\{/.test(text)) return request
  const headers = Headers.set(request.headers, "content-type", "application/json")
  // The body has been read, and the changed request would read it again.
  return Object.defineProperty(request.modify({ headers }), "text", { value: Effect.succeed(text) })
})

/** A response that does not fit its own schema has no part here: it is an error of the service. */
const partOfRequest: Partial<Record<HttpApiError.HttpApiSchemaError["kind"], RequestIssue["in"]>> = {
  Params: "path",
  Query: "query",
  Headers: "header",
  Payload: "body",
}

export const layerInvalidInput = Layer.succeed(
  InvalidInput,
  InvalidInput.of((response, { endpoint }) =>
    Effect.gen(function* () {
      if (endpoint.query === undefined) yield* refuseQuery
      const { names } = yield* Targets
      const decoded = Effect.mapError(response, (error) => {
        if (!HttpApiError.HttpApiSchemaError.is(error)) return error
        const part = partOfRequest[error.kind]
        return part === undefined ? error : explain(error.cause, part, names)
      })
      if (!HttpMethod.hasBody(endpoint.method) || Context.get(endpoint.annotations, StreamsBody))
        return yield* decoded
      yield* refuseUnreadable
      return yield* Effect.provideServiceEffect(
        Effect.andThen(refuseInvalidJson, decoded),
        HttpServerRequest.HttpServerRequest,
        withContentType,
      )
    }),
  ),
)
