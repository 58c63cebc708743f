import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { loadErrorCatalog } from "./loadErrorCatalog.ts"
import { nowhere, SourcePlace } from "./SourcePlace.ts"

export const LoadErrorCode = Schema.Literals(
  Object.keys(loadErrorCatalog) as Array<keyof typeof loadErrorCatalog>,
)
export type LoadErrorCode = typeof LoadErrorCode.Type

/** Whether another attempt may succeed without a change by the user. */
export const isRetryable = (code: LoadErrorCode): boolean => loadErrorCatalog[code].isRetryable

/** Why an attempt to load a file failed, where in the file, and whether to retry. */
export class LoadError extends Schema.TaggedError<LoadError>()("LoadError", {
  code: LoadErrorCode,
  /** One or two sentences for the user: what, where, and what to do. Never contains credentials of the URL. */
  message: Schema.String,
  place: SourcePlace,
  /** The wait that the source asked for with `Retry-After`. */
  retryAfter: Schema.NullOr(Schema.Duration),
  /** Whether the host wants fewer requests for any file: 429, 503, or an error with `Retry-After`. */
  isHostBusy: Schema.Boolean,
  cause: Schema.optionalKey(Schema.Defect()),
}) {
  /** Whether another attempt may succeed without a change by the user. */
  get isRetryable(): boolean {
    return isRetryable(this.code)
  }

  /** The same error with more in its message. */
  withMessage(message: string): LoadError {
    const { cause, code, isHostBusy, place, retryAfter } = this
    return loadError(code, message, { place, retryAfter, isHostBusy, cause })
  }

  /** The same error with a more precise place. */
  at(place: Partial<SourcePlace>): LoadError {
    const { cause, code, isHostBusy, message, retryAfter } = this
    return loadError(code, message, { place: { ...this.place, ...place }, retryAfter, isHostBusy, cause })
  }
}

/** Postgres stores neither NUL nor lone surrogates, and a message can quote a file or a server. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\uFFFD")

/** Makes a `LoadError`. Omitted details are unknown or do not apply. */
export const loadError = (
  code: LoadErrorCode,
  message: string,
  detail: {
    readonly place?: Partial<SourcePlace>
    readonly retryAfter?: Duration.Duration | null
    readonly isHostBusy?: boolean
    readonly cause?: unknown
  } = {},
): LoadError =>
  new LoadError({
    code,
    message: storable(message),
    place: { ...nowhere, ...detail.place },
    retryAfter: detail.retryAfter ?? null,
    isHostBusy: detail.isHostBusy ?? false,
    ...(detail.cause === undefined ? {} : { cause: detail.cause }),
  })
