import type * as Effect from "effect/Effect"
import type { CopyTarget } from "../../../Domain/job/CopySink.ts"
import type { TypedColumn } from "../../../Domain/load/columns/Column.ts"
import type { ColumnChange } from "../../../Domain/load/columns/ColumnChange.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../../Domain/load/LoadWarning.ts"
import type { RowChanges } from "../../../Domain/load/SchemaChanges.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** The user's table, as the job's record describes it. */
interface Converted {
  readonly columns: ReadonlyArray<TypedColumn>
  readonly changes: RowChanges
  readonly warnings: ReadonlyArray<LoadWarning>
}

/** The table for COPY, and the way of its rows from there to the user's table. */
export interface PreparedTable {
  /** Statements that create the table, or the settings of the transaction that fills one that exists. */
  readonly create: string
  /** Runs after them, in the transaction that settles the claim, before the first row is copied. */
  readonly open: Effect.Effect<void, LoadError>
  /**
   * Changes types of columns between two COPYs. It may take long and may be interrupted.
   *
   * @param changes those of a batch
   */
  readonly retype: (changes: ReadonlyArray<ColumnChange>) => Effect.Effect<void, LoadError>
  /**
   * Work on the rows after the last one was copied, such as converting their types, building keys, or merging them into another table.
   * It may take long: it runs in the transaction that settles the claim, but before the claim is settled, and may be
   * interrupted. Returns what the job's record says about the table.
   *
   * @param changes the types that are left to change
   * @param rows stored
   */
  readonly convert: (
    changes: ReadonlyArray<ColumnChange>,
    rows: number,
  ) => Effect.Effect<Converted, LoadError>
  /** The table has, after the user's columns, one with the number of each row's record. */
  readonly numbersRows: boolean
  /**
   * Statements that make the rows visible with the commit. They run after the claim is settled and are not
   * interruptible, so they must be quick.
   */
  readonly publish: () => string
}

/**
 * How the rows of a load reach the user's table. Its users depend on this interface only. See
 * docs/decisions/0023-load-modes.md.
 */
export interface TargetTable {
  /** COPY fills the user's table itself, over one connection. */
  readonly isDirect: boolean
  /** The table that COPY fills, as SQL writes it. */
  readonly copyInto: (target: CopyTarget, streams: number) => string
  /**
   * Describes the table that COPY fills, with the load's columns and their first types, in the file's order. A load over one
   * connection creates it in its transaction. A load over several connections creates it before, so that all connections see the
   * table, which is then in `stagingSchema`.
   *
   * @param session the connection whose transaction settles the claim
   */
  readonly prepare: (session: LoadSession, target: CopyTarget, copyInto: string) => PreparedTable
}
