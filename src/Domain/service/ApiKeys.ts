import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"

/** Who may use the API. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** Without keys the API is open to whoever reaches its port. */
    readonly required: boolean
    /** Whether this is one of the keys; takes as long for a wrong key as for a right one. */
    readonly accepts: (key: Redacted.Redacted) => boolean
  }
>()("sluice/Domain/ApiKeys") {}
