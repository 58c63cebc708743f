import * as Effect from "effect/Effect"
import type { CheckedKey } from "../../Csv/columns/KeyCheck.ts"
import { isReadOtherwise } from "../../Csv/columns/tableCheck.ts"
import type { LoadPlan } from "../../Domain/load/columns/planLoad.ts"
import { TargetTables } from "../../Domain/load/columns/target/TargetTables.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import type { RowChange } from "../../Domain/load/SchemaChanges.ts"

const uniqueKeys = ({ columns, existing }: LoadPlan): ReadonlyArray<ReadonlyArray<string>> =>
  (existing?.keys ?? []).filter((key) => key.every((name) => columns.some((column) => column.name === name)))

/** The keys that no two rows of the file may have the same values of. */
export const keysOfRows = (plan: LoadPlan): ReadonlyArray<CheckedKey> => {
  const { existing, keys, merge } = plan
  const key = merge?.key ?? []
  if (merge !== null && key.length > 0)
    return merge.onDuplicateKey === "fail" ? [{ columns: key, duplicates: "duplicate_key" }] : []
  if (existing === null)
    return keys.primaryKey.length === 0
      ? []
      : [{ columns: keys.primaryKey, duplicates: "primary_key_violated" }]
  return uniqueKeys(plan).map((columns) => ({ columns, duplicates: "constraint_violated" }))
}

/** The error of an append whose first rows have the key of a row of the table. */
export const takenKey = Effect.fnUntraced(function* (
  plan: LoadPlan,
  options: LoadOptions,
  rows: ReadonlyArray<ReadonlyArray<string | null>>,
): Effect.fn.Return<LoadError | undefined, LoadError> {
  const { columns, existing, merge } = plan
  if (existing === null || merge === null || merge.replacesAll || merge.key.length > 0) return undefined
  const { findTaken } = yield* TargetTables
  for (const key of uniqueKeys(plan)) {
    const positions = key.map((name) => columns.findIndex((column) => column.name === name))
    if (positions.some((position) => isReadOtherwise(columns[position]!.existingType ?? "text", options)))
      continue
    const texts = rows.map((row) =>
      Object.fromEntries(key.map((name, index) => [name, row[positions[index]!] ?? null])),
    )
    const values = yield* findTaken(existing, key, texts)
    if (values === null) continue
    return loadError(
      "constraint_violated",
      `The table ${JSON.stringify(existing.name)} has a row with ${key.join(", ")} = ${values.map((value) => JSON.stringify(value)).join(", ")} already. mode=upsert with key=${key.join()} would update it.`,
    )
  }
  return undefined
})

/** What a load with a key would do to these rows; `null` if it has no key, or if only a load can compare them. */
export const changesOfRows = Effect.fnUntraced(function* (
  { columns, existing, merge }: LoadPlan,
  options: LoadOptions,
  rows: ReadonlyArray<ReadonlyArray<string | null>>,
): Effect.fn.Return<ReadonlyArray<RowChange> | null, LoadError> {
  if (existing === null || merge === null || merge.key.length === 0 || rows.length === 0) return null
  if (columns.some(({ existingType }) => isReadOtherwise(existingType ?? "text", options))) return null
  const { compareRows } = yield* TargetTables
  const texts = rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
  )
  const changes = yield* compareRows(existing, merge.key, texts)
  if (changes === null || changes.length !== rows.length) return null
  // The table does not have the values of columns that it is about to get.
  const added = columns.filter(({ existingType }) => existingType === undefined).map(({ name }) => name)
  const addsValue = (row: number) => added.some((name) => texts[row]![name] !== null)
  return changes.map((change, row) => (change === "unchanged" && addsValue(row) ? "updated" : change))
})

/** A warning about a file without rows whose load would delete all rows of the table. */
export const emptying = ({ existing, merge }: LoadPlan): ReadonlyArray<LoadWarning> =>
  existing === null || merge === null || merge.mayEmpty || !(merge.replacesAll || merge.deletesMissing)
    ? []
    : [
        loadWarning(
          "would_fail",
          "A load with these options fails (no_rows), unless the table is empty: the file has no row to load. Give allowEmpty=true to delete all rows.",
        ),
      ]
