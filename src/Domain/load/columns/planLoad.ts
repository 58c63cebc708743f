import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { defaultMode } from "../options/ModeOptions.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import { planColumns } from "./planColumns.ts"
import { noKeys, planKeys } from "./planKeys.ts"
import { planTarget } from "./planTarget.ts"
import { TargetTables } from "./TargetTables.ts"

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
  return { ...plan, existing, keys }
})
