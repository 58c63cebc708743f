import * as Result from "effect/Result"
import type { LoadError } from "../../LoadError.ts"
import { defaultMode, defaultOnDuplicateKey } from "../../options/ModeOptions.ts"
import type { LoadOptions } from "../../options/LoadOptions.ts"
import type { SchemaChanges } from "../../SchemaChanges.ts"
import type { ExistingTable } from "./ExistingTable.ts"
import type { PlannedColumn } from "../planColumns.ts"
import { planExisting } from "./planExisting.ts"
import type { TargetPlan } from "./TargetPlan.ts"
import { planMergeKey } from "../planKeys.ts"

const created: SchemaChanges = { created: true, added: [], missing: [], ignored: [] }

/**
 * How the columns of a file get into the table of the options.
 *
 * Fails with `schema_mismatch` if they cannot, and with `columns_mismatch` if the file does not have the key.
 *
 * @param existing `null`: the table does not exist
 */
export const planTarget = (
  columns: ReadonlyArray<PlannedColumn>,
  options: LoadOptions,
  existing: ExistingTable | null,
): Result.Result<TargetPlan, LoadError> => {
  if (existing !== null) return planExisting(columns, options, existing)
  if ((options.mode ?? defaultMode) !== "upsert")
    return Result.succeed({ columns, merge: null, schemaChanges: created })
  return Result.map(planMergeKey(columns, options), (key) => ({
    columns: columns.map((column) => (key.includes(column.name) ? { ...column, notNull: true } : column)),
    merge: {
      replacesAll: false,
      key,
      onDuplicateKey: options.onDuplicateKey ?? defaultOnDuplicateKey,
      deletesMissing: false,
      mayEmpty: false,
      refreshesViews: false,
      added: [],
    },
    schemaChanges: created,
  }))
}
