import type { SchemaChanges } from "../../SchemaChanges.ts"
import type { PlannedColumn } from "../planColumns.ts"
import type { ExistingTable } from "./ExistingTable.ts"

/** How rows get into a table that may have rows already. */
export interface Merge {
  /** Absent: the load makes the table. */
  readonly existing?: ExistingTable
  /** All rows of the table are deleted, and not only those with the key of a new one. */
  readonly replacesAll: boolean
  /** Names of the columns by which rows are updated; empty: all rows are inserted. */
  readonly key: ReadonlyArray<string>
  readonly onDuplicateKey: "last" | "first" | "fail"
  /** Rows whose key the file does not have are deleted. */
  readonly deletesMissing: boolean
  /** The load may delete all rows of the table although the file has none. */
  readonly mayEmpty: boolean
  /** Materialized views on the table get the new rows, because the others are gone. */
  readonly refreshesViews: boolean
  /** Columns that the table gets. */
  readonly added: ReadonlyArray<string>
}

/** What a load does to its table. */
export interface TargetPlan {
  /** The columns that are loaded, in the file's order, with their names in the table. */
  readonly columns: ReadonlyArray<PlannedColumn>
  /** `null`: the rows make a new table as they are. */
  readonly merge: Merge | null
  readonly schemaChanges: SchemaChanges
}
