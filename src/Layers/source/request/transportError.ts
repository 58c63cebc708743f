import { errors } from "@effect/platform-node/Undici"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as Predicate from "effect/Predicate"
import { inUrl } from "../../../Domain/source/HostAndPort.ts"
import { loadError, type LoadError, type LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import { AddressDenied } from "../guard/GuardedConnector.ts"
import { maxHeadLength } from "../guard/lenientHeads.ts"

/** The response is not HTTP. Replaces undici's error, which contains the bytes it could not parse. */
class MalformedResponse extends Error {
  readonly _tag = "MalformedResponse"
}

/** The network error in a client error. The client error itself contains the request, with credentials. */
export const causeOf = (error: HttpClientError): unknown => {
  const { cause } = error.reason
  return cause instanceof errors.HTTPParserError
    ? // The parser's reason is in parentheses.
      new MalformedResponse(/\((.+)\)$/.exec(cause.message)?.[1] ?? "malformed response")
    : cause
}

/** Codes of Node's TLS layer and of OpenSSL (Node documentation, tls, "X509 certificate error codes"). */
const tls =
  /^(?:EPROTO|ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)/
const timeout = /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT)$/

/** The code of an error from Node or undici, or `null`. */
export const codeOf = (cause: unknown): string | null =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : null

const classify = (host: string, cause: unknown): readonly [LoadErrorCode, string] => {
  if (cause instanceof AddressDenied) {
    return [
      "address_forbidden",
      `The host ${cause.host} has an address that is not public (${cause.reason}), so Sluice does not fetch from it. ` +
        `The operator can allow it with ALLOWED_HOSTS=${inUrl(cause.host)}:${cause.port}.`,
    ]
  }
  if (cause instanceof MalformedResponse) {
    return [
      "source_rejected",
      `${host} does not speak proper HTTP (${cause.message}). Check the scheme and the port, or the headers of the response.`,
    ]
  }
  if (cause instanceof errors.HeadersOverflowError) {
    return ["source_rejected", `${host} sent more than ${maxHeadLength / 1024} KiB of response headers.`]
  }
  if (cause instanceof errors.ResponseContentLengthMismatchError) {
    return ["source_rejected", `${host} sent response headers with contradicting lengths (Content-Length).`]
  }
  const code = codeOf(cause)
  if (code === null) return ["internal_error", `The request to ${host} could not be sent.`]
  if (code === "ENOTFOUND") {
    return ["source_unknown_host", `DNS does not know the host ${host}. Check its spelling.`]
  }
  if (timeout.test(code)) return ["source_timeout", `Connecting to ${host} timed out.`]
  if (tls.test(code)) {
    return [
      "source_tls_error",
      `No trusted connection to ${host} is possible (${code}). Check its certificate.`,
    ]
  }
  return ["source_unreachable", `${host} could not be reached (${code}).`]
}

/** The error for a request without a response. Depends on the error's class and code, never on its message. */
export const transportError = (host: string, error: HttpClientError): LoadError => {
  const cause = causeOf(error)
  const [code, message] = classify(host, cause)
  return loadError(code, message, { cause })
}
