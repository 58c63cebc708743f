import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import { JobError, JobId } from "../../../Domain/job/Job.ts"
import { JobState } from "../../../Domain/job/JobState.ts"
import { SourceId } from "../../../Domain/job/SourceId.ts"
import { LoadWarning } from "../../../Domain/load/LoadWarning.ts"
import { LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import { nowhere, SourcePlace } from "../../../Domain/load/SourcePlace.ts"
import { Scope } from "../../../Domain/service/Scope.ts"
import { LimitName, LimitScope } from "../../../Domain/service/Limits.ts"
import { exampleId, exampleSourceId } from "../JobResource.ts"
import { problemCatalog, type ProblemCode, type ProblemKind, problemType } from "./problemCatalog.ts"

/** Declares the error class of a catalog entry. `detail` is the entry's `meaning` unless another one is given. */
const problem =
  <Self>() =>
  <const Tag extends string, Code extends ProblemCode, const Fields extends Schema.Struct.Fields>(
    tag: Tag,
    code: Code,
    fields: Fields,
  ) => {
    const entry: { readonly status: (typeof problemCatalog)[Code]["status"] } & ProblemKind =
      problemCatalog[code]
    return HttpApiError.Problem<Self>()(
      tag,
      { type: problemType(code), status: entry.status, title: entry.title },
      {
        code: Schema.tag(code),
        detail: Schema.String.annotate({
          description: "What is wrong with this request and what to do about it, for people.",
        }).pipe(Schema.withConstructorDefault(Effect.succeed(entry.meaning))),
        ...fields,
      },
    )
  }

/** Seconds after which a client may try again. A restart of the database, and most previews, take about this long. */
export const retryAfterSeconds = "5"

/** An error that has its own seconds says so in `retryAfter`. */
const secondsOf = (error: unknown): string =>
  Predicate.hasProperty(error, "retryAfter") ? String(error.retryAfter) : retryAfterSeconds

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
        encode: (body) => ({ body, headers: { "retry-after": secondsOf(body) } }),
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
  message: Schema.String.annotate({ description: "What is wrong with it and what to do about it." }),
}).annotate({ identifier: "RequestIssue", description: "One thing wrong with a request." })
export type RequestIssue = typeof RequestIssue.Type

const problemJobId = JobId.annotate({ description: "The job's id.", examples: [exampleId] })

export class InvalidRequest extends problem<InvalidRequest>()("InvalidRequest", "invalid_request", {
  issues: Schema.Array(RequestIssue).annotate({
    description: "Everything that is wrong with the request, at most ten issues.",
    examples: [[{ in: "body", field: "fileUrl", message: "fileUrl is missing: give it in the body" }]],
  }),
}) {}
export class Unauthorized extends problem<Unauthorized>()("Unauthorized", "unauthorized", {}) {}
export class Forbidden extends problem<Forbidden>()("Forbidden", "forbidden", {
  scope: Scope.annotate({ description: "The scope that the key lacks.", examples: ["submit"] }),
}) {}
export class JobNotFound extends problem<JobNotFound>()("JobNotFound", "job_not_found", {
  jobId: problemJobId,
}) {}
export class UnknownSource extends problem<UnknownSource>()("UnknownSource", "unknown_source", {
  sourceId: SourceId.annotate({ description: "The source's id.", examples: [exampleSourceId] }),
}) {}
export class NotFound extends problem<NotFound>()("NotFound", "not_found", {}) {}
export class JobAlreadyFinished extends problem<JobAlreadyFinished>()(
  "JobAlreadyFinished",
  "job_already_finished",
  {
    jobId: problemJobId,
    state: Schema.Literals(["completed", "failed"]).annotate({
      description: "The job's final state.",
      examples: ["completed"],
    }),
  },
) {}
export class NoRejectsAsSource extends problem<NoRejectsAsSource>()(
  "NoRejectsAsSource",
  "no_rejects_as_source",
  {
    jobId: problemJobId,
    state: JobState.annotate({ description: "The job's state.", examples: ["active"] }),
  },
) {}
export class TableNameTaken extends problem<TableNameTaken>()("TableNameTaken", "table_name_taken", {
  table: Schema.String.annotate({ description: "The table's name.", examples: ["trips"] }),
}) {}
export class TableHasSource extends problem<TableHasSource>()("TableHasSource", "table_has_source", {
  table: Schema.String.annotate({ description: "The table's name.", examples: ["trips"] }),
  sourceId: SourceId.annotate({ description: "The other source's id.", examples: [exampleSourceId] }),
}) {}
export class TableBusy extends problem<TableBusy>()("TableBusy", "table_busy", {
  table: Schema.String.annotate({ description: "The table's name.", examples: ["trips"] }),
  jobId: problemJobId,
}) {}
export class TableNotFound extends problem<TableNotFound>()("TableNotFound", "table_not_found", {
  table: Schema.String.annotate({ description: "The name in the path.", examples: ["trips"] }),
}) {}
export class TableNotReadable extends problem<TableNotReadable>()(
  "TableNotReadable",
  "table_not_readable",
  {},
) {}
export class TableChanged extends problem<TableChanged>()("TableChanged", "table_changed", {}) {}
export class QueryTooSlow extends problem<QueryTooSlow>()("QueryTooSlow", "query_too_slow", {
  columns: Schema.Array(Schema.String).annotate({
    description: "The columns of the request that have no index.",
    examples: [["fare"]],
  }),
}) {}
export class CastFailed extends problem<CastFailed>()("CastFailed", "cast_failed", {}) {}
export class BodyTooLarge extends problem<BodyTooLarge>()("BodyTooLarge", "body_too_large", {}) {}
export class UnsupportedMediaType extends problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  "unsupported_media_type",
  {},
) {}
export class IdempotencyKeyReused extends problem<IdempotencyKeyReused>()(
  "IdempotencyKeyReused",
  "idempotency_key_reused",
  {},
) {}
export class FileNotLoadable extends problem<FileNotLoadable>()("FileNotLoadable", "file_not_loadable", {
  loadError: Schema.Struct({
    code: LoadErrorCode,
    message: Schema.String,
    place: SourcePlace.annotate({ description: "Where in the file; null where unknown." }),
  }).annotate({
    description: "Why the file cannot be loaded. Codes and messages are those of a job's `error`.",
    examples: [
      {
        code: "source_not_found",
        message: "example.org responded with 404: the file does not exist. Check the path of the URL.",
        place: nowhere,
      },
    ],
  }),
  warnings: Schema.Array(LoadWarning).annotate({
    description: "What to check about how the file was read until then, as in a preview's `warnings`.",
    examples: [[]],
  }),
}) {}
export class RequestTimedOut extends problem<RequestTimedOut>()("RequestTimedOut", "request_timeout", {}) {}
const exampleError = {
  code: "ragged_record" as const,
  message: "The record on line 8 has 2 fields, expected 3 as in the header.",
  ...nowhere,
}
const uploadFailure = {
  jobId: problemJobId,
  // Not `JobError`, whose example a reference to its schema would hide.
  loadError: Schema.Struct(JobError.fields).annotate({
    description: "The job's `error`, which /job_status shows too.",
    examples: [exampleError],
  }),
}
export class UploadFailed extends problem<UploadFailed>()("UploadFailed", "upload_failed", uploadFailure) {}
/** The upload has failed for a reason that may pass, or the database does not respond before or after it. */
export class UploadUnavailable extends problem<UploadUnavailable>()(
  "UploadUnavailable",
  "service_unavailable",
  {
    jobId: Schema.optionalKey(uploadFailure.jobId),
    loadError: Schema.optionalKey(uploadFailure.loadError),
  },
) {}
export class UploadCancelled extends problem<UploadCancelled>()("UploadCancelled", "upload_cancelled", {
  jobId: problemJobId,
}) {}
export class UploadsOff extends problem<UploadsOff>()("UploadsOff", "uploads_off", {}) {}
export class TooManyUploads extends problem<TooManyUploads>()("TooManyUploads", "too_many_uploads", {}) {}
export class LimitReached extends problem<LimitReached>()("LimitReached", "limit_reached", {
  limit: LimitName.annotate({ description: "What is limited.", examples: ["unfinished_jobs"] }),
  scope: LimitScope.annotate({
    description: "Whose limit it is: that of this caller, or that of all callers together.",
    examples: ["caller"],
  }),
  retryAfter: Schema.Int.annotate({ description: "Seconds to wait, as in Retry-After.", examples: [5] }),
}) {}
export class TooManyPreviews extends problem<TooManyPreviews>()("TooManyPreviews", "too_many_previews", {}) {}
/** The server sends it before routing, so no handler fails with it. */
export class HeadersTooLarge extends problem<HeadersTooLarge>()("HeadersTooLarge", "headers_too_large", {}) {}
export class InternalError extends problem<InternalError>()("InternalError", "internal_error", {}) {}
export class ServiceUnavailable extends problem<ServiceUnavailable>()(
  "ServiceUnavailable",
  "service_unavailable",
  {},
) {}
/** `/health/ready` while a check fails; each check with its result. */
export class NotReady extends problem<NotReady>()("NotReady", "service_unavailable", {
  checks: Schema.Record(Schema.String, Schema.Literals(["ok", "unavailable"])).annotate({
    description: "Each check with its result.",
    examples: [{ database: "ok", queue: "unavailable" }],
  }),
}) {}
