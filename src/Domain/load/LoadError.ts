import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { nowhere, SourcePlace } from "./SourcePlace.ts"

/**
 * Whether another attempt may succeed, for each way a load can fail. The codes are part of the HTTP contract (`error.code`
 * of a job): new ones may be added, but none is ever renamed. docs/api.md explains each.
 */
const retryable = {
  // No response from the source.
  source_unreachable: true,
  source_unknown_host: false,
  source_tls_error: false,
  address_forbidden: false,
  too_many_redirects: false,
  invalid_redirect: false,
  // The source responded, but not with the file.
  source_not_found: false,
  source_access_denied: false,
  source_rejected: false,
  source_unavailable: true,
  source_timeout: true,
  source_interrupted: true,
  source_changed: true,
  source_too_large: false,
  unsupported_compression: false,
  corrupt_compression: false,
  not_csv: false,
  // The file cannot become a table.
  empty_file: false,
  ragged_record: false,
  unterminated_quote: false,
  text_after_quote: false,
  nul_byte: false,
  invalid_utf8: false,
  invalid_encoding: false,
  record_too_large: false,
  too_many_columns: false,
  columns_mismatch: false,
  type_mismatch: false,
  too_many_bad_rows: false,
  // Postgres did not load it.
  table_exists: false,
  target_rejected: false,
  target_out_of_space: true,
  database_unavailable: true,
  // The worker failed.
  worker_lost: false,
  internal_error: true,
} as const

export const LoadErrorCode = Schema.Literals(Object.keys(retryable) as Array<keyof typeof retryable>)
export type LoadErrorCode = typeof LoadErrorCode.Type

/** Whether another attempt may succeed without a change by the user. */
export const isRetryable = (code: LoadErrorCode): boolean => retryable[code]

/** Why an attempt to load a file failed, where in the file, and whether to retry. */
export class LoadError extends Schema.TaggedError<LoadError>()("LoadError", {
  code: LoadErrorCode,
  /** One or two sentences for the user: what, where, and what to do. Never contains credentials of the URL. */
  message: Schema.String,
  place: SourcePlace,
  /** The wait that the source asked for with `Retry-After`. */
  retryAfter: Schema.NullOr(Schema.Duration),
  cause: Schema.optionalKey(Schema.Defect()),
}) {
  /** Whether another attempt may succeed without a change by the user. */
  get isRetryable(): boolean {
    return isRetryable(this.code)
  }

  /** The same error with more in its message. */
  withMessage(message: string): LoadError {
    const { cause, code, place, retryAfter } = this
    return loadError(code, message, { place, retryAfter, cause })
  }

  /** The same error with a more precise place. */
  at(place: Partial<SourcePlace>): LoadError {
    const { cause, code, message, retryAfter } = this
    return loadError(code, message, { place: { ...this.place, ...place }, retryAfter, cause })
  }
}

/** Makes a `LoadError`. Omitted details are unknown or do not apply. */
export const loadError = (
  code: LoadErrorCode,
  message: string,
  detail: {
    readonly place?: Partial<SourcePlace>
    readonly retryAfter?: Duration.Duration | null
    readonly cause?: unknown
  } = {},
): LoadError =>
  new LoadError({
    code,
    message,
    place: { ...nowhere, ...detail.place },
    retryAfter: detail.retryAfter ?? null,
    ...(detail.cause === undefined ? {} : { cause: detail.cause }),
  })
