import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"

/** The keys that give access to the API. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** `false` if no keys are configured: then anyone who can reach the port can use the API. */
    readonly required: boolean
    /** Whether this is one of the keys, in constant time. */
    readonly accepts: (key: Redacted.Redacted) => boolean
  }
>()("sluice/Domain/ApiKeys") {}
