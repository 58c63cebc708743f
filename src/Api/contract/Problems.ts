import * as Schema from "effect/Schema"
import { HttpApiError } from "effect/http-api"
import { JobId } from "../../Domain/job/Job.ts"
import { LoadErrorCode } from "../../Domain/load/LoadError.ts"
import { SourcePlace } from "../../Domain/load/SourcePlace.ts"
import { problemDeclaration } from "./ProblemCatalog.ts"

const detail = Schema.String.annotate({ description: "What is wrong here and what to do, for people." })

/** One thing wrong with a request. */
export const RequestIssue = Schema.Struct({
  in: Schema.Literals(["query", "body", "path", "header"]).annotate({
    description: "The part of the request.",
  }),
  field: Schema.NullOr(Schema.String).annotate({
    description: "The field, or null when the part as a whole is meant.",
  }),
  message: Schema.String,
}).annotate({ identifier: "RequestIssue" })
export type RequestIssue = typeof RequestIssue.Type

/** 400: the request does not fit the contract; every issue is listed. */
export class InvalidRequest extends HttpApiError.Problem<InvalidRequest>()(
  "InvalidRequest",
  problemDeclaration("invalid_request"),
  { code: Schema.tag("invalid_request"), detail, issues: Schema.Array(RequestIssue) },
) {}

/** 401: the service asks for an API key, and none of its own was sent. */
export class Unauthorized extends HttpApiError.Problem<Unauthorized>()(
  "Unauthorized",
  problemDeclaration("unauthorized"),
  { code: Schema.tag("unauthorized"), detail },
) {}

/** 404: no job has this id. */
export class NoSuchJob extends HttpApiError.Problem<NoSuchJob>()(
  "NoSuchJob",
  problemDeclaration("job_not_found"),
  { code: Schema.tag("job_not_found"), detail, jobId: JobId },
) {}

/** 404: nothing is served at this path. */
export class NothingHere extends HttpApiError.Problem<NothingHere>()(
  "NothingHere",
  problemDeclaration("not_found"),
  { code: Schema.tag("not_found"), detail },
) {}

/** 409: the job completed or failed before it could be cancelled. */
export class JobFinished extends HttpApiError.Problem<JobFinished>()(
  "JobFinished",
  problemDeclaration("job_already_finished"),
  {
    code: Schema.tag("job_already_finished"),
    detail,
    jobId: JobId,
    state: Schema.Literals(["completed", "failed"]),
  },
) {}

/** 409: the table's name that was asked for is taken. */
export class TableNameIsTaken extends HttpApiError.Problem<TableNameIsTaken>()(
  "TableNameIsTaken",
  problemDeclaration("table_name_taken"),
  { code: Schema.tag("table_name_taken"), detail, table: Schema.String },
) {}

/** 413: the body exceeds the limit. */
export class BodyTooLarge extends HttpApiError.Problem<BodyTooLarge>()(
  "BodyTooLarge",
  problemDeclaration("body_too_large"),
  { code: Schema.tag("body_too_large"), detail },
) {}

/** 415: the body is neither a form nor JSON, or is compressed. */
export class UnsupportedMediaType extends HttpApiError.Problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  problemDeclaration("unsupported_media_type"),
  { code: Schema.tag("unsupported_media_type"), detail },
) {}

/** 422: another request was posted under this key. */
export class IdempotencyKeyIsReused extends HttpApiError.Problem<IdempotencyKeyIsReused>()(
  "IdempotencyKeyIsReused",
  problemDeclaration("idempotency_key_reused"),
  { code: Schema.tag("idempotency_key_reused"), detail },
) {}

/** 422: the file could not be fetched, or cannot become a table. */
export class FileNotLoadable extends HttpApiError.Problem<FileNotLoadable>()(
  "FileNotLoadable",
  problemDeclaration("file_not_loadable"),
  {
    code: Schema.tag("file_not_loadable"),
    detail,
    loadError: Schema.Struct({
      code: LoadErrorCode,
      message: Schema.String,
      place: SourcePlace.annotate({ description: "Where in the file; what is not known is null." }),
    }).annotate({ description: "As a job's `error`." }),
  },
) {}

/** 429: as many previews are running as may; sent with `Retry-After`. */
export class TooManyPreviews extends HttpApiError.Problem<TooManyPreviews>()(
  "TooManyPreviews",
  problemDeclaration("too_many_previews"),
  { code: Schema.tag("too_many_previews"), detail },
) {}

/** 500: a defect. Nothing of its cause is shown. */
export class InternalError extends HttpApiError.Problem<InternalError>()(
  "InternalError",
  problemDeclaration("internal_error"),
  { code: Schema.tag("internal_error"), detail },
) {}

/** 503: the database does not answer or the service is stopping; sent with `Retry-After`. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  problemDeclaration("service_unavailable"),
  { code: Schema.tag("service_unavailable"), detail },
) {}

/** 503: what `/health/ready` answers while something does not; each check with its result. */
export class NotReady extends HttpApiError.Problem<NotReady>()(
  "NotReady",
  problemDeclaration("service_unavailable"),
  {
    code: Schema.tag("service_unavailable"),
    detail,
    checks: Schema.Record(Schema.String, Schema.Literals(["ok", "unavailable"])),
  },
) {}
