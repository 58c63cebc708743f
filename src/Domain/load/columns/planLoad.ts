import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { defaultMode } from "../options/ModeOptions.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import { planColumns } from "./planColumns.ts"
import type { ExistingTable } from "./target/ExistingTable.ts"
import { noKeys, planKeys, type TableKeys } from "./planKeys.ts"
import { planTarget } from "./target/planTarget.ts"
import type { TargetPlan } from "./target/TargetPlan.ts"
import { TargetTables } from "./target/TargetTables.ts"

export interface LoadPlan extends TargetPlan {
  /** `null`: the load makes the table. */
  readonly existing: ExistingTable | null
  /** Keys of a new table. */
  readonly keys: TableKeys
}

/**
 * Plans the columns and keys of a load by the header of its file and by its table, if that exists. A preview and a load of the
 * same file have the same plan, and fail with the same errors.
 *
 * @param target `undefined` for the service's schema, and for a table whose name is not known yet, which is new
 */
export const planLoad = Effect.fnUntraced(function* (
  header: ReadonlyArray<string>,
  options: LoadOptions,
  { schema, table }: { readonly schema: string | undefined; readonly table: string | undefined },
) {
  const { mode = defaultMode } = options
  const { describe } = yield* TargetTables
  const existing = mode === "create" || table === undefined ? null : yield* describe(schema, table)
  const plan = yield* planColumns(header, options).pipe(
    Result.flatMap((planned) => planTarget(planned, options, existing)),
    Effect.fromResult,
  )
  const keys = existing === null ? yield* Effect.fromResult(planKeys(plan.columns, options)) : noKeys
  return { ...plan, existing, keys } satisfies LoadPlan
})
