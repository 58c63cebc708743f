import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { LoadError } from "../../LoadError.ts"
import { defaultTarget, type RecordedTarget } from "./RecordedTarget.ts"
import { TargetTables } from "./TargetTables.ts"

/** The operator has declared no database with this name. */
export class TargetUnknown extends Schema.TaggedError<TargetUnknown>()("TargetUnknown", {
  target: Schema.String,
  known: Schema.Array(Schema.String),
}) {}

interface Targets {
  /** The names that requests may give, in order. */
  readonly names: ReadonlyArray<string>
  /** @param requested `undefined`: the default one */
  readonly resolve: (requested: string | undefined) => Effect.Effect<RecordedTarget, TargetUnknown>
  /** The tables of one database. Fails if it does not respond, or is unknown to this process. */
  readonly tablesOf: (target: RecordedTarget) => Effect.Effect<(typeof TargetTables)["Service"], LoadError>
}

/** The databases that tables can be in. Unless it is provided, there is one. */
export const Targets = Context.Reference<Targets>("sluice/Domain/Targets", {
  defaultValue: () => ({
    names: [defaultTarget],
    resolve: (target = defaultTarget) =>
      target === defaultTarget
        ? Effect.succeed(null)
        : Effect.fail(new TargetUnknown({ target, known: [defaultTarget] })),
    tablesOf: () => TargetTables,
  }),
})
