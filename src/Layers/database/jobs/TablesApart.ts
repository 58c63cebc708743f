import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { ClaimLost } from "../../../Domain/job/CopySink.ts"
import type { FenceState } from "../../../Domain/job/fence/JobFence.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import type { Owner } from "../../../Domain/service/Caller.ts"
import type { LoadedAs } from "./record/knownVersion.ts"
import type { CompletedLoad } from "./record/finalColumns.ts"

/** The statement by which the transaction of a load claims its end. It fails if the claim is lost. */
interface LoadFence {
  readonly name: string
  readonly statement: string
  readonly execute: (claim: Claim, result: CompletedLoad) => string
}

/** What is different if the loaded tables are in another database than the queue. */
export interface TablesApart {
  /** Of that database, as jobs record it. */
  readonly name: string
  /** Asks whether it responds. While it does not, this process claims none of its jobs. */
  readonly responds: Effect.Effect<boolean>
  readonly fence: LoadFence
  /** As in `JobFence`. */
  readonly open: (claim: Claim) => Effect.Effect<void, ClaimLost | LoadError>
  readonly cancel: (jobId: JobId) => Effect.Effect<void, ServiceUnavailable>
  readonly revoke: (claim: Claim) => Effect.Effect<FenceState, ServiceUnavailable>
  /** Completes a job that the fence has, in the queue and in its record. Does nothing if that has been done. */
  readonly settle: (jobId: JobId) => Effect.Effect<void, ServiceUnavailable>
  /** Whether there is a table, or anything else, with this name. */
  readonly exists: (schema: string, table: string) => Effect.Effect<boolean, ServiceUnavailable>
  /** Whether the table is the one that a source has loaded into. */
  readonly isLoaded: (
    schema: string,
    table: string,
    loaded: LoadedAs,
  ) => Effect.Effect<boolean, ServiceUnavailable>
  /** Whether the table belongs to someone else than the owner. */
  readonly isOfOthers: (
    schema: string,
    table: string,
    owner: Owner,
  ) => Effect.Effect<boolean, ServiceUnavailable>
}

/** `null`: they are in the queue's database. */
export const TablesApart = Context.Reference<TablesApart | null>("sluice/Layers/jobs/TablesApart", {
  defaultValue: () => null,
})

/** Why an attempt fails that needs the other database. */
export const tablesUnavailable = (cause: Error) =>
  loadError("database_unavailable", `The database of the table is not available: ${cause.message}.`, {
    cause,
  })
