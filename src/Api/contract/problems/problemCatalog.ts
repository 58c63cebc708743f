import type { LoadErrorCode } from "../../../Domain/load/LoadError.ts"

/** What the problems of one code have in common. */
export interface ProblemKind {
  readonly status: number
  readonly title: string
  /** What it means and what to do about it, for people. The `detail` of a problem that has nothing to add. */
  readonly meaning: string
}

/**
 * Every error response of this API, by its stable `code` (RFC 9457 problem details). Codes are part of the
 * contract: new ones may be added, but none is ever renamed.
 */
export const problemCatalog = {
  invalid_request: {
    status: 400,
    title: "Invalid request",
    meaning:
      "A field is missing, unknown, repeated or malformed. Correct each field that `issues` names and send the request again.",
  },
  unauthorized: {
    status: 401,
    title: "API key required",
    meaning:
      "Send one of the service's API keys, which may not have expired: `Authorization: Bearer …` or `X-API-Key: …`.",
  },
  forbidden: {
    status: 403,
    title: "Key lacks a scope",
    meaning: "The API key may not do this: it lacks the `scope`. Ask the operator for a key with it.",
  },
  table_not_readable: {
    status: 403,
    title: "Table not readable",
    meaning:
      "Another program made the table, and Sluice may not read it. Ask the operator to grant SELECT on it to the role sluice_readers. With API keys, only a key with the scope admin can read such a table.",
  },
  cross_site_request: {
    status: 403,
    title: "Cross-site request",
    meaning:
      "A browser sent this request for a page of another site. Open the API's own page, use a program other than a browser, or have the operator add the page's origin to ALLOWED_ORIGINS.",
  },
  job_not_found: {
    status: 404,
    title: "Job not found",
    meaning: "No job has this id. Use the jobId that POST /download_file returned.",
  },
  unknown_source: {
    status: 404,
    title: "Source not found",
    meaning: "No source has this id. GET /sources lists yours.",
  },
  table_not_found: {
    status: 404,
    title: "Table not found",
    meaning: "None of your jobs has loaded a table with this name. GET /tables lists yours.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    meaning: "This API has no such path. /docs lists all of them.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    meaning: "Use one of the methods in the Allow header.",
  },
  request_timeout: {
    status: 408,
    title: "Request timed out",
    meaning: "The connection was too slow or went silent before the request was complete. Send it again.",
  },
  job_already_finished: {
    status: 409,
    title: "Job already finished",
    meaning: "A job that completed or failed cannot be cancelled. `state` is its final state.",
  },
  no_rejects_as_source: {
    status: 409,
    title: "No rejected records as their file has them",
    meaning:
      "With `format=source`, a job has rejected records only once it is completed, and not if an older version loaded it. Request them later, or as csv.",
  },
  table_name_taken: {
    status: 409,
    title: "Table name taken",
    meaning:
      "A table with this name exists, or an unfinished job has reserved it. Choose another tableName, or give mode=append, replace or upsert to load into the table, unless it is that of another key.",
  },
  table_has_source: {
    status: 409,
    title: "Table has another source",
    meaning:
      "With `mode=replace`, two sources on one table would each replace the rows of the other at every run. Delete the other source, or give another `tableName`, or `mode=append` or `upsert` for both.",
  },
  table_busy: {
    status: 409,
    title: "Table busy",
    meaning:
      "Another job on this table is unfinished, and an upload cannot wait for it. Send the file again when the job `jobId` has ended, or cancel it.",
  },
  table_changed: {
    status: 409,
    title: "Table changed",
    meaning:
      "The table was loaded again since the page before, and it has no key by which its rows could be found again. Start again without `after`, load the file with primaryKey, or use an export, which is of one version.",
  },
  body_too_large: {
    status: 413,
    title: "Request body too large",
    meaning:
      "A request body may have at most 64 KiB. Send the URL of the file, or the file itself to /upload.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    meaning: "Send application/x-www-form-urlencoded or application/json, without Content-Encoding.",
  },
  misdirected_request: {
    status: 421,
    title: "Misdirected request",
    meaning:
      "The Host header has a name by which this API is not known. Use an IP address or localhost, or have the operator add the name to PUBLIC_HOSTS.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "Idempotency key reused",
    meaning:
      "A different request was already sent with this Idempotency-Key. Use a new key for each request, and the same key only to repeat a request.",
  },
  query_too_slow: {
    status: 422,
    title: "Query too slow",
    meaning:
      "The database did not find the rows within 10 seconds. Filter or order by columns with an index (load option `index`), or export the table.",
  },
  cast_failed: {
    status: 422,
    title: "Cast failed",
    meaning:
      "A value in the table is none of the type that the request casts its column to. Filter such values out first, or load the file with types=infer.",
  },
  file_not_loadable: {
    status: 422,
    title: "File not loadable",
    meaning:
      "The file could not be fetched, or cannot become a table. `loadError` has the code that a job would fail with, the reason and the place in the file.",
  },
  upload_failed: {
    status: 422,
    title: "Upload not loaded",
    meaning:
      "The file could not be loaded, and nothing of it was. `loadError` is the error of the job `jobId`. Correct the file or the options and send it again.",
  },
  upload_cancelled: {
    status: 409,
    title: "Upload cancelled",
    meaning: "The job of this upload was cancelled while it was loaded. Nothing was loaded.",
  },
  uploads_off: {
    status: 403,
    title: "Uploads are off",
    meaning:
      "This service loads only files from URLs: POST /download_file. The operator can turn uploads on with UPLOAD_CONCURRENCY and npm run db:roles.",
  },
  too_many_uploads: {
    status: 429,
    title: "Too many uploads",
    meaning: "Only a few uploads run at the same time. Try again after Retry-After seconds.",
  },
  too_many_previews: {
    status: 429,
    title: "Too many previews",
    meaning: "Only a few previews run at the same time. Try again after Retry-After seconds.",
  },
  limit_reached: {
    status: 429,
    title: "Limit reached",
    meaning:
      "This caller, or all callers together, have used up what they may use. Try again after Retry-After seconds, or ask the operator for a higher limit.",
  },
  expectation_failed: {
    status: 417,
    title: "Expectation failed",
    meaning: "The only `Expect` that is understood is 100-continue. Send the request without the header.",
  },
  headers_too_large: {
    status: 431,
    title: "Request headers too large",
    meaning: "The request line and headers exceed the server's limit. Send fewer or shorter headers.",
  },
  internal_error: {
    status: 500,
    title: "Internal error",
    meaning: "An unexpected error in the service; its log has the cause. The same request may work later.",
  },
  service_unavailable: {
    status: 503,
    title: "Service unavailable",
    meaning:
      "The database does not respond, or the service is stopping. Try again after Retry-After seconds.",
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemCatalog

export const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(problemCatalog, text)

/**
 * The `type` of a problem: the path where this service explains its code. The codes of jobs have such a path too.
 * RFC 9457 §3.1.1 asks that a relative `type` holds the full path. A relative one does not depend on the service's
 * public host name.
 */
export const problemType = <Code extends ProblemCode | LoadErrorCode>(code: Code): `/problems/${Code}` =>
  `/problems/${code}`

/** A problem as it is sent. `detail` is the entry's `meaning` unless another one is given. */
export const problemBody = (code: ProblemCode, detail: string = problemCatalog[code].meaning) => {
  const { status, title } = problemCatalog[code]
  return { type: problemType(code), title, status, detail, code }
}

const codeByStatus: Readonly<Record<number, ProblemCode>> = {
  401: "unauthorized",
  403: "cross_site_request",
  404: "not_found",
  405: "method_not_allowed",
  408: "request_timeout",
  413: "body_too_large",
  415: "unsupported_media_type",
  417: "expectation_failed",
  421: "misdirected_request",
  429: "limit_reached",
  431: "headers_too_large",
  503: "service_unavailable",
}

/** The code for an error that is known only by its status. */
export const problemCodeOf = (status: number): ProblemCode =>
  codeByStatus[status] ?? (status >= 500 ? "internal_error" : "invalid_request")
