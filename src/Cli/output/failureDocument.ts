import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import type { CommandFailed } from "../CommandFailed.ts"
import { writeLines } from "./writeBytes.ts"

const wantsJson = (args: ReadonlyArray<string>): boolean => {
  const end = args.indexOf("--")
  return args.slice(0, end === -1 ? args.length : end).some((arg) => /^--json(?:=true)?$/.test(arg))
}

type Failure = Pick<CommandFailed, "message" | "exit" | "problem" | "hasResult">

/**
 * With `--json`, writes why the command failed to standard output: the API's problem, or another object with `code` and
 * `detail`. Reads the arguments themselves, because they may be what is wrong.
 */
export const writeFailure = Effect.fnUntraced(function* ({ exit, hasResult, message, problem }: Failure) {
  const { args } = yield* Stdio.Stdio
  if (hasResult === true || !wantsJson(yield* args)) return
  const document = problem ?? { code: exit, detail: message }
  // Standard output may be what failed.
  yield* Effect.ignore(writeLines([JSON.stringify(document, null, 2)]))
})
