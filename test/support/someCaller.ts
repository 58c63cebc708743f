import * as Effect from "effect/Effect"
import { Caller, withoutKey } from "../../src/Domain/service/Caller.ts"

/** Creates and reads the jobs of tests that are not about callers. */
export const someCaller = withoutKey("127.0.0.1")

export const asSomeCaller = Effect.provideService(Caller, someCaller)
