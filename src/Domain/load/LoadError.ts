import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { nowhere, SourcePlace } from "./SourcePlace.ts"

/**
 * Every way a load can fail, by stable code, and whether another attempt may succeed. The codes are part of
 * the HTTP contract (`error.code` of a job): they may be added to, never renamed.
 */
const retryable = {
  // The source could not be asked.
  source_unreachable: true,
  source_unknown_host: false,
  source_tls_error: false,
  address_forbidden: false,
  too_many_redirects: false,
  invalid_redirect: false,
  // The source answered, but not with the file.
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
  // The file is not a CSV file that can become a table.
  empty_file: false,
  ragged_record: false,
  unterminated_quote: false,
  text_after_quote: false,
  nul_byte: false,
  invalid_utf8: false,
  invalid_encoding: false,
  record_too_large: false,
  too_many_columns: false,
  too_many_bad_rows: false,
  // Postgres did not take it.
  table_exists: false,
  target_rejected: false,
  target_out_of_space: true,
  database_unavailable: true,
  // The worker itself.
  worker_lost: false,
  internal_error: true,
} as const

export const LoadErrorCode = Schema.Literals(Object.keys(retryable) as Array<keyof typeof retryable>)
export type LoadErrorCode = typeof LoadErrorCode.Type

/** Why an attempt to load a file failed, where in the file, and whether a retry may help. */
export class LoadError extends Schema.TaggedError<LoadError>()("LoadError", {
  code: LoadErrorCode,
  /** One or two sentences for the user: what, where, what to do. Never holds credentials of the URL. */
  message: Schema.String,
  place: SourcePlace,
  /** The wait the source asked for (`Retry-After`), if it did. */
  retryAfter: Schema.NullOr(Schema.Duration),
  cause: Schema.optionalKey(Schema.Defect()),
}) {
  /** Whether another attempt, with nothing changed by the user, may succeed. */
  get isRetryable(): boolean {
    return retryable[this.code]
  }

  /** The same error, better placed. */
  at(place: Partial<SourcePlace>): LoadError {
    return new LoadError({
      code: this.code,
      message: this.message,
      place: { ...this.place, ...place },
      retryAfter: this.retryAfter,
      ...(this.cause === undefined ? {} : { cause: this.cause }),
    })
  }
}

/** A `LoadError`; what is left out is unknown or does not apply. */
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
