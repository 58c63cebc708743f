import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import { JobId } from "../../Domain/job/Job.ts"
import { LoadErrorCode } from "../../Domain/load/LoadError.ts"
import { SourcePlace } from "../../Domain/load/SourcePlace.ts"
import { problemCatalog, type ProblemCode, problemType } from "./ProblemCatalog.ts"

/** Declares the error class of a catalog entry. `detail` is the entry's `meaning` unless another one is given. */
const problem =
  <Self>() =>
  <const Tag extends string, Code extends ProblemCode, const Fields extends Schema.Struct.Fields>(
    tag: Tag,
    code: Code,
    fields: Fields,
  ) => {
    const {
      meaning,
      status,
      title,
    }: { meaning: string; status: (typeof problemCatalog)[Code]["status"]; title: string } =
      problemCatalog[code]
    return HttpApiError.Problem<Self>()(
      tag,
      { type: problemType(code), status, title },
      {
        code: Schema.tag(code),
        detail: Schema.String.annotate({
          description: "What is wrong with this request and what to do about it, for people.",
        }).pipe(Schema.withConstructorDefault(Effect.succeed(meaning))),
        ...fields,
      },
    )
  }

/** Seconds after which a client may try again. A restart of the database, and most previews, take about this long. */
export const retryAfterSeconds = "5"

/** The schema of an error that is sent with `Retry-After`. */
export const withRetryAfter = <A, E>(error: Schema.Codec<A, E>) =>
  error.pipe(
    HttpApiSchema.encodeToWithHeaders(
      {
        body: error,
        headers: { "retry-after": Schema.String.annotate({ description: "Seconds to wait." }) },
      },
      {
        decode: ({ body }) => body,
        encode: (body) => ({ body, headers: { "retry-after": retryAfterSeconds } }),
      },
    ),
  )

/** One thing wrong with a request. */
export const RequestIssue = Schema.Struct({
  in: Schema.Literals(["query", "body", "path", "header"]).annotate({
    description: "The part of the request.",
  }),
  field: Schema.NullOr(Schema.String).annotate({
    description: "The field, or null if the issue is about the whole part.",
  }),
  message: Schema.String,
}).annotate({ identifier: "RequestIssue" })
export type RequestIssue = typeof RequestIssue.Type

/** The request does not fit the contract; every issue is listed. */
export class InvalidRequest extends problem<InvalidRequest>()("InvalidRequest", "invalid_request", {
  issues: Schema.Array(RequestIssue),
}) {}

/** The service requires an API key, and the request has none or a wrong one. */
export class Unauthorized extends problem<Unauthorized>()("Unauthorized", "unauthorized", {}) {}

/** No job has this id. */
export class JobNotFound extends problem<JobNotFound>()("JobNotFound", "job_not_found", { jobId: JobId }) {}

/** Nothing is served at this path. */
export class NotFound extends problem<NotFound>()("NotFound", "not_found", {}) {}

/** The job completed or failed before it could be cancelled. */
export class JobAlreadyFinished extends problem<JobAlreadyFinished>()(
  "JobAlreadyFinished",
  "job_already_finished",
  { jobId: JobId, state: Schema.Literals(["completed", "failed"]) },
) {}

/** The requested table name is taken. */
export class TableNameTaken extends problem<TableNameTaken>()("TableNameTaken", "table_name_taken", {
  table: Schema.String,
}) {}

/** The request body exceeds the limit. */
export class BodyTooLarge extends problem<BodyTooLarge>()("BodyTooLarge", "body_too_large", {}) {}

/** The request body is neither a form nor JSON, or is compressed. */
export class UnsupportedMediaType extends problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  "unsupported_media_type",
  {},
) {}

/** A different request was sent with this key. */
export class IdempotencyKeyReused extends problem<IdempotencyKeyReused>()(
  "IdempotencyKeyReused",
  "idempotency_key_reused",
  {},
) {}

/** The file could not be fetched, or cannot become a table. */
export class FileNotLoadable extends problem<FileNotLoadable>()("FileNotLoadable", "file_not_loadable", {
  loadError: Schema.Struct({
    code: LoadErrorCode,
    message: Schema.String,
    place: SourcePlace.annotate({ description: "Where in the file; null where unknown." }),
  }).annotate({ description: "The same as a job's `error`." }),
}) {}

/** The limit of concurrent previews is reached. */
export class TooManyPreviews extends problem<TooManyPreviews>()("TooManyPreviews", "too_many_previews", {}) {}

/** An unexpected error. The response does not show its cause. */
export class InternalError extends problem<InternalError>()("InternalError", "internal_error", {}) {}

/** The database does not respond, or the service is stopping. */
export class ServiceUnavailable extends problem<ServiceUnavailable>()(
  "ServiceUnavailable",
  "service_unavailable",
  {},
) {}

/** `/health/ready` while a check fails; each check with its result. */
export class NotReady extends problem<NotReady>()("NotReady", "service_unavailable", {
  checks: Schema.Record(Schema.String, Schema.Literals(["ok", "unavailable"])),
}) {}
