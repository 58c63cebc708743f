import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Targets } from "../../Domain/load/columns/target/Targets.ts"
import { TargetTables } from "../../Domain/load/columns/target/TargetTables.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import { tablesUnavailable } from "./jobs/TablesApart.ts"
import { TargetDatabase } from "./postgres/TargetDatabase.ts"
import * as TargetTablesPg from "./TargetTablesPg.ts"

/** `Targets` on Postgres. */
export const layer = Layer.effect(
  Targets,
  Effect.gen(function* () {
    const { each, names, resolve } = yield* TargetDatabases
    const tables = yield* each(TargetTablesPg.layer.pipe(Layer.provide(TargetDatabase.asOnlyDatabase)))
    return Targets.of({
      names,
      resolve,
      tablesOf: (target) =>
        tables(target).pipe(Effect.map(Context.get(TargetTables)), Effect.mapError(tablesUnavailable)),
    })
  }),
)
