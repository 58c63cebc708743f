import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { TypedColumn } from "../load/columns/Column.ts"
import type { ColumnChange } from "../load/columns/ColumnChange.ts"
import type { TableKeys } from "../load/columns/planKeys.ts"
import type { CopyBatch } from "../load/CopyBatch.ts"
import type { FileUnchanged, FileVersion } from "../source/FileVersion.ts"
import type { LoadError } from "../load/LoadError.ts"
import type { ExistingTable } from "../load/columns/target/ExistingTable.ts"
import type { Merge } from "../load/columns/target/TargetPlan.ts"
import type { RowChanges, SchemaChanges } from "../load/SchemaChanges.ts"
import type { TableName } from "../load/columns/TableName.ts"
import type { RecordedTarget } from "../load/columns/target/RecordedTarget.ts"
import type { Claim } from "./Claim.ts"
import { JobId } from "./Job.ts"
import type { FileRead } from "./Jobs.ts"
import type { Counters } from "./Progress.ts"

/** The job was cancelled, or given to another worker, before this attempt could commit. */
export class ClaimLost extends Schema.TaggedError<ClaimLost>()("ClaimLost", { jobId: JobId }) {}

/** A merge, and how the values of the load's columns are kept in its table, in their order. */
interface MergedLoad extends Merge {
  /** Types in the table, as SQL writes them; `null` for columns that it does not have yet. */
  readonly existingTypes: ReadonlyArray<string | null>
}

/** A merge into a table that exists. */
export interface MergeIntoExisting extends MergedLoad {
  readonly existing: ExistingTable
}

/** The table that a load fills, and the claim that it settles. */
export interface CopyTarget {
  readonly claim: Claim
  readonly target: RecordedTarget
  readonly schema: string
  readonly table: TableName
  /** With the types that the first rows have. */
  readonly columns: ReadonlyArray<TypedColumn>
  /** How the rows get into a table that may have rows already; absent: they make a new table as they are. */
  readonly merge?: MergedLoad
  /** The end of the file may show that the table has its rows already. Then nothing of them stays, not even dead rows. */
  readonly mayBeUnchanged?: boolean
  /** Keys that are built before the table is published; absent: none. */
  readonly keys?: TableKeys
  /** The file's URL without secrets, for the table's comment. */
  readonly source?: string
  readonly schemaChanges?: SchemaChanges
  /** Size of the file in bytes, `null` when the source does not declare it. Large files may use several connections. */
  readonly bytesTotal: number | null
}

/** What is known about a load after its last batch. The job's record keeps it. */
export interface LoadSummary extends FileRead {
  /** Records that the reader counted. Stored rows and stored rejects must add up to this number. */
  readonly records: number
  /** Columns that get another type after the last row. */
  readonly changes: ReadonlyArray<ColumnChange>
  readonly counters: Counters
  /** The version of the file, if it is a source's. */
  readonly version?: FileVersion
}

/** Called while a load settles its claim. */
export interface SettlingHooks {
  /** Runs just before the claim is settled. From here on, nobody else may renew or release the claim. */
  readonly onSettling: Effect.Effect<void>
  /** Runs right after the commit. A pending interruption cannot come between the two. */
  readonly onCommitted: (rows: number, changes: RowChanges) => Effect.Effect<void>
}

export interface TableLoad {
  readonly target: CopyTarget
  readonly batches: Stream.Stream<CopyBatch, LoadError>
  /** Run once, after the last batch. */
  readonly summary: Effect.Effect<LoadSummary, FileUnchanged>
  readonly hooks: SettlingHooks
}

/**
 * Writes batches to a table. One transaction makes the rows visible, completes the job's record and completes the job
 * in the queue, and only if the claim still holds. All of this happens once or not at all.
 */
export class CopySink extends Context.Service<
  CopySink,
  {
    /** Whether rows in text format cost the database no more than binary ones. */
    readonly readsText: Effect.Effect<boolean>
    /**
     * Copies the batches into the target. Returns the number of rows committed. An interruption or a failure, that of the summary
     * too, rolls everything back.
     */
    readonly into: (
      target: CopyTarget,
      end: Pick<TableLoad, "summary" | "hooks">,
    ) => (
      batches: Stream.Stream<CopyBatch, LoadError>,
    ) => Effect.Effect<number, LoadError | ClaimLost | FileUnchanged>
  }
>()("sluice/Domain/CopySink") {}
