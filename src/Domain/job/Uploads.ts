import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Caller } from "../service/Caller.ts"
import type { LimitReached } from "../service/Limits.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import type { SentFile } from "../source/UploadSource.ts"
import type { CallbackRefused } from "./webhook/CallbackPolicy.ts"
import type { Job, JobId } from "./Job.ts"
import type {
  IdempotencyKeyReused,
  LoadRequest,
  SchemaNotAllowed,
  TableBusy,
  TableNameTaken,
  TableOfOthers,
} from "./Jobs.ts"
import type { TargetUnknown } from "../load/columns/target/Targets.ts"

/** The operator has turned uploads off, or the process lacks rights for them. */
export class UploadsOff extends Schema.TaggedError<UploadsOff>()("UploadsOff", {}) {}

/** This process receives as many files as it may at a time. */
export class TooManyUploads extends Schema.TaggedError<TooManyUploads>()("TooManyUploads", {}) {}

/** Loads files that clients send. Each is a job that this process holds from its start, and that is never retried. */
export class Uploads extends Context.Service<
  Uploads,
  {
    /**
     * Loads the file while it arrives, and returns the job after its end. Reads nothing of the file before the job is
     * created. If the request was sent before with its key, returns that job as it is and leaves the file unread. An
     * interruption rolls the load back and fails the job.
     *
     * @param sent reads what the client sends before the file, in the place of the upload
     */
    readonly load: <E, R>(
      sent: Effect.Effect<{ readonly request: LoadRequest; readonly file: SentFile }, E, R>,
      onStarted: (jobId: JobId) => Effect.Effect<void>,
    ) => Effect.Effect<
      Job,
      | E
      | TableNameTaken
      | TableOfOthers
      | TableBusy
      | SchemaNotAllowed
      | TargetUnknown
      | CallbackRefused
      | IdempotencyKeyReused
      | LimitReached
      | ServiceUnavailable
      | TooManyUploads
      | UploadsOff,
      Caller | R
    >
  }
>()("sluice/Domain/Uploads") {}
