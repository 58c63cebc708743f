import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { stderr } from "node:process"
import { messageOf } from "./describeFailure.ts"

/** Runs a command of the terminal. If it fails, prints the error as one line and exits with 1. */
export const runCommand = <A, E>(command: Effect.Effect<A, E>): void =>
  NodeRuntime.runMain(
    Effect.catch(command, (error) =>
      Effect.sync(() => {
        stderr.write(`${messageOf(error)}\n`)
        process.exitCode = 1
      }),
    ),
    { disableErrorReporting: true },
  )
