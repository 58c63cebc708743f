import type * as Effect from "effect/Effect"
import type { CopyTarget } from "../../../Domain/job/CopySink.ts"
import type { TypedColumn } from "../../../Domain/load/columns/Column.ts"
import type { ColumnChange } from "../../../Domain/load/columns/ColumnChange.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** The table for COPY, and the way of its rows from there to the user's table. */
export interface PreparedTable {
  /** Statements that create the table. */
  readonly create: string
  /**
   * Changes types of columns between two COPYs. It may take long and may be interrupted.
   *
   * @param changes those of a batch
   */
  readonly retype: (changes: ReadonlyArray<ColumnChange>) => Effect.Effect<void, LoadError>
  /**
   * Work on the rows after the last one was copied, such as converting their types, building keys, or merging them into another table.
   * It may take long: it runs in the transaction that settles the claim, but before the claim is settled, and may be
   * interrupted. Returns the user's columns for the job's record.
   *
   * @param changes the types that are left to change
   * @param rows stored
   */
  readonly convert: (
    changes: ReadonlyArray<ColumnChange>,
    rows: number,
  ) => Effect.Effect<ReadonlyArray<TypedColumn>, LoadError>
  /**
   * Statements that make the rows visible with the commit. They run after the claim is settled and are not
   * interruptible, so they must be quick.
   */
  readonly publish: (rows: number) => string
}

/**
 * A load mode: how the rows of a load reach the user's table. Each mode is one implementation. Its users, `CopySinkPg`
 * and `JobStatements`, depend on this interface only, but name `newTable` until an option chooses the mode. See
 * docs/decisions/0023-load-modes.md.
 */
export interface TargetTable {
  /** Checked and written in the transaction that creates the job. */
  readonly reservation: {
    /** SQL condition over the columns `target_schema` and `table_name`: whether a new job can have this table. */
    readonly isAvailable: string
    /**
     * Whether the job holds the table's name (`holds_name`): no other job can hold it until this one fails or is
     * cancelled, or until its table is dropped.
     */
    readonly holdsName: boolean
  }
  /**
   * Describes the table that COPY fills, with the load's columns and their first types, in the file's order. A load over one
   * connection creates it in its transaction. A load over several connections creates it before, so that all connections see the
   * table, which is then in `stagingSchema`.
   *
   * @param session the connection whose transaction settles the claim
   * @param copyInto the attempt's table (`attemptTable`) in the target's schema or in `stagingSchema`, as SQL writes it
   */
  readonly prepare: (session: LoadSession, target: CopyTarget, copyInto: string) => PreparedTable
}
