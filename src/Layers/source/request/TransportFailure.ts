import { errors } from "@effect/platform-node/Undici"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as Predicate from "effect/Predicate"
import { inUrl } from "../../../Domain/source/HostAndPort.ts"
import { loadError, type LoadError, type LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import { AddressDenied } from "../guard/GuardedConnector.ts"

/** The answer is not HTTP. Stands in for undici's error, which carries the bytes it could not parse. */
class MalformedAnswer extends Error {
  readonly _tag = "MalformedAnswer"
}

/**
 * What went wrong beneath HTTP. The client's own error is left behind: it carries the request, and with it
 * credentials.
 */
export const causeOf = (error: HttpClientError): unknown => {
  const { cause } = error.reason
  return cause instanceof errors.HTTPParserError ? new MalformedAnswer(cause.message) : cause
}

/** Codes of Node's TLS layer and of OpenSSL's checks (Node documentation, tls, "X509 certificate error codes"). */
const tls =
  /^(?:EPROTO|ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)/
const timeout = /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT)$/

/** The code of Node's or undici's error, or `null`. */
export const codeOf = (cause: unknown): string | null =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : null

const classify = (host: string, cause: unknown): readonly [LoadErrorCode, string] => {
  if (cause instanceof AddressDenied) {
    return [
      "address_forbidden",
      `The host ${cause.host} has an address that is not public (${cause.reason}) and is not fetched from. ` +
        `The operator can allow it with ALLOWED_HOSTS=${inUrl(cause.host)}:${cause.port}.`,
    ]
  }
  if (cause instanceof MalformedAnswer || cause instanceof errors.HeadersOverflowError) {
    return ["source_rejected", `${host} does not answer in proper HTTP. Check the scheme and the port.`]
  }
  const code = codeOf(cause)
  if (code === null) return ["internal_error", `The request to ${host} could not be made.`]
  if (code === "ENOTFOUND") {
    return ["source_unknown_host", `The host of ${host} is not known to DNS. Check its spelling.`]
  }
  if (timeout.test(code)) return ["source_timeout", `${host} could not be connected to in time.`]
  if (tls.test(code)) {
    return [
      "source_tls_error",
      `No trusted connection to ${host} can be made (${code}). Check its certificate.`,
    ]
  }
  return ["source_unreachable", `${host} could not be reached (${code}).`]
}

/** Why there was no answer, told by class and code of the error, never by its message. */
export const noAnswer = (host: string, error: HttpClientError): LoadError => {
  const cause = causeOf(error)
  const [code, message] = classify(host, cause)
  return loadError(code, message, { cause })
}
