interface ProblemKind {
  readonly status: number
  readonly title: string
  /** What it means and what to do about it, for people. */
  readonly meaning: string
}

/**
 * Every kind of error this API answers with, by its stable `code` (RFC 9457 problem details). Codes are part
 * of the contract: they may be added to, never renamed.
 */
export const problemCatalog = {
  invalid_request: {
    status: 400,
    title: "The request is not valid",
    meaning:
      "A field is missing, unknown, repeated or malformed; `issues` names each. Correct it, send again.",
  },
  unauthorized: {
    status: 401,
    title: "An API key is needed",
    meaning: "Send one of the service's API keys: `Authorization: Bearer …` or `X-API-Key: …`.",
  },
  job_not_found: {
    status: 404,
    title: "There is no such job",
    meaning: "No job has this id. Use the jobId with which POST /download_file answered.",
  },
  not_found: {
    status: 404,
    title: "There is nothing at this path",
    meaning: "The path is not part of this API. /docs lists what is.",
  },
  method_not_allowed: {
    status: 405,
    title: "This path does not take this method",
    meaning: "Use one of the methods in the Allow header.",
  },
  request_timeout: {
    status: 408,
    title: "The request did not arrive in time",
    meaning: "The connection was too slow or went silent. Send the request again.",
  },
  job_already_finished: {
    status: 409,
    title: "The job has already finished",
    meaning: "A job that completed or failed cannot be cancelled; `state` says which of the two it did.",
  },
  table_name_taken: {
    status: 409,
    title: "The table's name is taken",
    meaning:
      "A table of this name exists, or a job that has not ended is to make it. Choose another tableName, or drop the table.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large",
    meaning: "Bodies are limited to 64 KiB. Send the URL of the file, not the file.",
  },
  unsupported_media_type: {
    status: 415,
    title: "The body's media type is not supported",
    meaning: "Send application/x-www-form-urlencoded or application/json, without Content-Encoding.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "The idempotency key was used for another request",
    meaning:
      "A request with other fields was posted under this Idempotency-Key. Use a new key for each request, and the same only to send the same again.",
  },
  file_not_loadable: {
    status: 422,
    title: "The file cannot be loaded",
    meaning:
      "The file could not be fetched, or is no CSV file that can become a table; `loadError` says why, with the code that a job would have failed with, and where in the file.",
  },
  too_many_previews: {
    status: 429,
    title: "Too many previews are running",
    meaning: "Only a few previews run at a time. Try again after Retry-After seconds.",
  },
  headers_too_large: {
    status: 431,
    title: "The request's headers are too large",
    meaning:
      "The request line and headers together exceed what the server reads. Send fewer or shorter ones.",
  },
  internal_error: {
    status: 500,
    title: "The service failed",
    meaning: "A defect of the service; its log tells more. The same request may or may not work later.",
  },
  service_unavailable: {
    status: 503,
    title: "The service is not available",
    meaning: "The database does not answer, or the service is stopping. Try again after Retry-After seconds.",
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemCatalog

export const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(problemCatalog, text)

/**
 * The `type` of a problem is the path at which this service explains it. RFC 9457 §3.1.1 asks that a relative
 * `type` holds the full path; being relative, it needs no knowledge of the public host name, and unlike
 * `about:blank` it leads somewhere.
 */
export const problemType = <Code extends ProblemCode>(code: Code): `/problems/${Code}` => `/problems/${code}`

/** The fixed members of a problem. */
export const problemDeclaration = <Code extends ProblemCode>(code: Code) => {
  const { status, title }: { status: (typeof problemCatalog)[Code]["status"]; title: string } =
    problemCatalog[code]
  return { type: problemType(code), status, title }
}

const codeByStatus: Readonly<Record<number, ProblemCode>> = {
  401: "unauthorized",
  404: "not_found",
  405: "method_not_allowed",
  408: "request_timeout",
  413: "body_too_large",
  415: "unsupported_media_type",
  431: "headers_too_large",
  503: "service_unavailable",
}

/** The code for an error of which only the status is known. */
export const problemCodeOf = (status: number): ProblemCode =>
  codeByStatus[status] ?? (status >= 500 ? "internal_error" : "invalid_request")
