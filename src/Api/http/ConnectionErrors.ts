import { ProblemDetails } from "effect/http"
import { securityHeaders } from "./browsers/securityHeaders.ts"
import { problemBody, type ProblemCode } from "../contract/problems/problemCatalog.ts"

/**
 * Error codes of Node's `clientError` event that have their own problem (Node documentation, http), with the reason
 * phrase of its status.
 */
const problemOf: Readonly<Record<string, readonly [code: ProblemCode, reason: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["request_timeout", "Request Timeout"],
  HPE_HEADER_OVERFLOW: ["headers_too_large", "Request Header Fields Too Large"],
  HPE_UNKNOWN_EXPECTATION: ["expectation_failed", "Expectation Failed"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["body_too_large", "Content Too Large"],
}

/**
 * The raw response to bytes that never became a request: not HTTP, an unknown method, or headers that are too large or
 * too slow. No router sees these. The owner of the server writes this response on `clientError` and ends the connection.
 *
 * @param errorCode `code` of the event's error
 */
export const connectionErrorResponse = (errorCode: string | undefined): string => {
  const [code, reason] = problemOf[errorCode ?? ""] ?? ["invalid_request", "Bad Request"]
  const problem = problemBody(
    code,
    errorCode === "HPE_INVALID_METHOD"
      ? "The request line has an unknown HTTP method. Use one of RFC 9110."
      : code === "invalid_request"
        ? "The received bytes are not an HTTP/1.1 request. Check that the client speaks HTTP, not HTTPS, to this port."
        : undefined,
  )
  const body = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${problem.status} ${reason}`,
    `content-type: ${ProblemDetails.contentType}`,
    `content-length: ${new TextEncoder().encode(body).length}`,
    "cache-control: no-store",
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
    "connection: close",
    "",
    body,
  ].join("\r\n")
}
