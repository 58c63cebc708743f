import * as Result from "effect/Result"
import type { Parameters } from "./ConnectionString.ts"

/** The value of a parameter that must be one of these; `undefined` if it is not given. */
export const choiceOf = <Value extends string>(
  parameters: Parameters,
  name: string,
  values: ReadonlyArray<Value>,
): Result.Result<Value | undefined, string> => {
  const given = parameters[name]
  const choice = values.find((value) => value === given)
  return given !== undefined && choice === undefined
    ? Result.fail(`has ${name}=${given}, which must be one of ${values.join(", ")}`)
    : Result.succeed(choice)
}
