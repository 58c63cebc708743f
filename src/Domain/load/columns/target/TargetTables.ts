import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ExistingTable, RowTexts, TableMisfit } from "./ExistingTable.ts"
import type { LoadError } from "../../LoadError.ts"
import type { RowChange } from "../../SchemaChanges.ts"

/** The tables that loads are for, as they are. Both the API and the workers look at them. By default there is none. */
export const TargetTables = Context.Reference<{
  /**
   * `null` if there is none. Fails with `table_unsuitable` if no rows can be loaded into it.
   *
   * @param schema `undefined`: the service's
   */
  readonly describe: (
    schema: string | undefined,
    table: string,
  ) => Effect.Effect<ExistingTable | null, LoadError>
  /** The rows with texts that are no values of their columns, or that a CHECK does not allow. */
  readonly findMisfits: (
    table: ExistingTable,
    rows: ReadonlyArray<RowTexts>,
  ) => Effect.Effect<ReadonlyArray<TableMisfit>, LoadError>
  /**
   * Values of the key that a row of the table and one of these have, as texts; `null` if there are none, or if the caller or the
   * service may not read the table.
   */
  readonly findTaken: (
    table: ExistingTable,
    key: ReadonlyArray<string>,
    rows: ReadonlyArray<RowTexts>,
  ) => Effect.Effect<ReadonlyArray<string> | null, LoadError>
  /**
   * What a load with this key would do to each of these rows; `null` if the caller or the service may not read the
   * table, or the database cannot compare them.
   *
   * @param rows all with the same columns
   */
  readonly compareRows: (
    table: ExistingTable,
    key: ReadonlyArray<string>,
    rows: ReadonlyArray<RowTexts>,
  ) => Effect.Effect<ReadonlyArray<RowChange> | null, LoadError>
}>("sluice/Domain/TargetTables", {
  defaultValue: () => ({
    describe: () => Effect.succeed(null),
    findMisfits: () => Effect.succeed([]),
    findTaken: () => Effect.succeed(null),
    compareRows: () => Effect.succeed(null),
  }),
})
