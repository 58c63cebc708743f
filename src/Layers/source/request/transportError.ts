import { errors } from "@effect/platform-node/Undici"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as Predicate from "effect/Predicate"
import { hostOf, inUrl, portOf } from "../../../Domain/source/hosts/HostAndPort.ts"
import { loadError, type LoadError, type LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import { DestinationDenied } from "../guard/DestinationGuard.ts"
import { maxHeadLength } from "../guard/lenientHeads.ts"
import { ProxyFailed } from "../guard/SourceProxy.ts"

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

type Classified = readonly [LoadErrorCode, string]

/** The only sign of llhttp that a response does not begin with `HTTP/`. */
const notHttp = /^Expected HTTP\b/
/** The other side does not speak TLS. */
const notTls = /^(?:EPROTO|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE))$/

/** The entry of a setting for the URL's destination. */
const destinationOf = (url: URL): string => `${inUrl(hostOf(url))}:${portOf(url)}`

/**
 * One text for a name that DNS does not know, and one whose address is forbidden: otherwise anyone could find out which
 * internal names exist.
 */
const unknownHost = (url: URL): Classified => [
  "source_unknown_host",
  `The host ${hostOf(url)} could not be found, or Sluice does not fetch from it. Check its spelling. ` +
    `If it is a host of a private network, the operator can allow it with ALLOWED_HOSTS=${destinationOf(url)}.`,
]

/**
 * One text for a port that is closed, one that closes connections, and one that speaks another protocol: otherwise anyone
 * could scan the ports of others from here.
 */
const unreachable = (url: URL): Classified => [
  "source_unreachable",
  `${url.host} could not be reached over ${url.protocol.slice(0, -1)}. Check scheme, host and port. ` +
    "The service's log has the reason.",
]

const denied = (url: URL, { isEvident, isRedirected, refusal }: DestinationDenied): Classified => {
  if (!isEvident) return unknownHost(url)
  const host = hostOf(url)
  switch (refusal.subject) {
    case "port":
      return [
        "address_forbidden",
        `Sluice does not fetch from port ${portOf(url)}, which is for another protocol. Serve the file at port 80, 443, or above 1023. ` +
          `The operator can allow the port with ALLOWED_PORTS=${portOf(url)}.`,
      ]
    case "host":
      return [
        "address_forbidden",
        `The host ${host} is none of those from which Sluice fetches. The operator can add it to SOURCES_ONLY.`,
      ]
    case "address":
      return [
        "address_forbidden",
        `The host ${host} has an address that is not public, so Sluice does not fetch from it. ` +
          `The operator can allow it with ALLOWED_HOSTS=${destinationOf(url)}${isRedirected ? ";redirect" : ""}.`,
      ]
  }
}

const throughProxy = (url: URL, { fault }: ProxyFailed): Classified => {
  switch (fault) {
    case "destination":
      return unreachable(url)
    case "refusal":
      return [
        "address_forbidden",
        `The proxy of this service does not allow connections to ${url.host}. The operator can change its rules.`,
      ]
    case "proxy":
      return [
        "source_proxy_failed",
        "The proxy of this service cannot be used, so no file can be fetched. The operator must look at SOURCE_PROXY and the log.",
      ]
  }
}

const classify = (url: URL, cause: unknown): Classified => {
  const { host } = url
  if (cause instanceof DestinationDenied) return denied(url, cause)
  if (cause instanceof ProxyFailed) return throughProxy(url, cause)
  if (cause instanceof MalformedResponse) {
    return notHttp.test(cause.message)
      ? unreachable(url)
      : [
          "source_rejected",
          `${host} does not speak proper HTTP (${cause.message}). Check the headers of the response.`,
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
  if (code === "ENOTFOUND") return unknownHost(url)
  if (timeout.test(code)) return ["source_timeout", `Connecting to ${host} timed out.`]
  if (tls.test(code) && !notTls.test(code)) {
    return [
      "source_tls_error",
      `No trusted connection to ${host} is possible (${code}). Check its certificate.`,
    ]
  }
  return unreachable(url)
}

/** Why a request has no response, for the operator: it can have facts that the caller must not learn. */
export const failureReason = (cause: unknown): string => {
  if (cause instanceof DestinationDenied) {
    const { address, host, port, refusal } = cause
    return `${inUrl(host)}:${port}${address === null || address === host ? "" : ` at ${address}`} is not allowed: ${refusal.reason}`
  }
  if (cause instanceof ProxyFailed) return cause.reason
  return codeOf(cause) ?? (cause instanceof Error ? cause.message : "unknown")
}

/** The error for a request without a response. Depends on the error's class and code. */
export const transportError = (url: URL, error: HttpClientError): LoadError => {
  const cause = causeOf(error)
  const [code, message] = classify(url, cause)
  return loadError(code, message, { cause })
}
