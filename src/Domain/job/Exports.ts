import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Caller } from "../service/Caller.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import type { JobId } from "./Job.ts"

/** What a job has kept of its file besides the rows. */
export type KeptKind = "rejects" | "skipped"

/** Which of a job's rejects or skipped lines. */
export interface CsvSelection {
  /** Number of the record, or of the skipped line, after which to start; 0 for all. */
  readonly after: number
  /** `null`: all of them. */
  readonly limit: number | null
  /** Whether to write `'` before a text that a spreadsheet would take for a formula. */
  readonly isSafe?: boolean
}

/** A file of rejects or skipped lines. */
export interface CsvExport {
  /** A header row, then one row for each of them. Fails when the database is lost or the reader stalls. */
  readonly csv: Stream.Stream<Uint8Array, ServiceUnavailable>
  /** Number of the last of them in the file when `limit` cut it, else `null`. */
  readonly next: number | null
}

/** Data as files, streamed from the database: a slow reader slows the database down and costs no memory. */
export class Exports extends Context.Service<
  Exports,
  {
    /**
     * The job's rejects or skipped lines in CSV, in order; none if the job is another caller's. Holds a database connection
     * until the scope closes. Only a few exports run at a time; the others wait for their turn, a few seconds at most.
     */
    readonly csv: (
      kind: KeptKind,
      jobId: JobId,
      selection: CsvSelection,
    ) => Effect.Effect<CsvExport, ServiceUnavailable, Caller | Scope.Scope>
  }
>()("sluice/Domain/Exports") {}
