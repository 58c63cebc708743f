import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Scope } from "./Scope.ts"

/** A key without its secret. */
export interface ApiKey {
  /** Identifies the holder. A key that replaces another one has the same name. */
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
}

/** The keys that give access to the API. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** `false` if no keys are configured: then anyone who can reach the port can use the API. */
    readonly required: boolean
    /** The valid key with this secret. Takes the same time for each secret. */
    readonly find: (secret: Redacted.Redacted) => Effect.Effect<Option.Option<ApiKey>>
    /** Whether there is a valid key of this name, or keys are not required. */
    readonly isHeld: (name: string) => Effect.Effect<boolean>
  }
>()("sluice/Domain/ApiKeys") {}
