import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { CopyBatch } from "../load/CopyBatch.ts"
import type { Claim } from "./Claim.ts"
import type { ColumnType } from "../load/ColumnType.ts"
import type { Column } from "../load/Column.ts"
import { JobId } from "./Job.ts"
import type { LoadError } from "../load/LoadError.ts"
import type { Findings } from "../load/Findings.ts"
import type { Counters } from "./Progress.ts"
import type { TableName } from "../load/TableName.ts"

/** The job was cancelled, or given to another worker, before this attempt could commit. */
export class ClaimLost extends Schema.TaggedError<ClaimLost>()("ClaimLost", { jobId: JobId }) {}

export interface TableLoad {
  readonly claim: Claim
  readonly schema: string
  readonly table: TableName
  readonly columns: ReadonlyArray<Column>
  /** Size of the file in bytes, when the source declares it: a large one may be worth several connections. */
  readonly bytesTotal: number | null
  readonly batches: Stream.Stream<CopyBatch, LoadError>
  /** Read once, after the last batch: what the job's record will say. */
  readonly counters: () => Counters
  /** How the file was compressed, `null` when it was not. Read with `counters`. */
  readonly compression: () => string | null
  /** What was found in the file. Read with `counters`. */
  readonly findings: () => Findings
  /**
   * The types that the columns get, one for each; `null`: all stay text. Read once, after the last batch. Every
   * value must have a form in its column's type (`castText`).
   */
  readonly columnTypes: () => ReadonlyArray<ColumnType> | null
  /** Records the reader has counted. Read with `counters`: rows and rejects stored must add up to it. */
  readonly records: () => number
  /** Run just before the transaction settles the claim: the claim must not be touched from here on. */
  readonly onSettling: Effect.Effect<void>
  /** Run right after the commit, in one piece with it: an interruption that waited comes later. */
  readonly onCommitted: (rows: number) => Effect.Effect<void>
}

/**
 * Turns rows into a committed table. One transaction creates the table, copies the rows, completes the job's
 * record and the queue's job, the last fenced by the claim: all of it happens, once, or none of it.
 */
export class CopySink extends Context.Service<
  CopySink,
  {
    /** Answers the number of rows committed. Interruption rolls everything back. */
    readonly load: (load: TableLoad) => Effect.Effect<number, LoadError | ClaimLost>
  }
>()("sluice/Domain/CopySink") {}
